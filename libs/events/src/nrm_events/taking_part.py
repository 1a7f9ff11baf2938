"""Who takes part in the mechanism from the start, by code. Who joins later is told by `exchange.AgencyJoined`."""

from collections.abc import Mapping

AGENCIES: Mapping[str, str] = {
    "mia-special": "Main Department for Combating Trafficking, Ministry of Internal Affairs",
    "mia-shelter": "Shelters of the Ministry of Internal Affairs",
    "mia-hotline": "Hotline 152",
    "sms": "State Migration Service",
    "sbs": "State Border Service",
    "mlspp": "Ministry of Labour and Social Protection of Population",
    "vac": "Victim Assistance Centre",
    "moh": "Ministry of Health",
    "moe": "Ministry of Education",
    "scfwca": "State Committee for Family, Women and Children Affairs",
    "moj": "Courts, prosecutors, the Bar Association",
    "ngo-clean-world": "Clean World",
    "ngo-amc": "Azerbaijan Migration Centre",
    "ngo-acu": "Azerbaijan Children's Union",
    "ngo-clrpl": "Citizens' Labour Rights Protection League",
    "iom": "International Organization for Migration",
    "consulates": "Diplomatic missions abroad",
    "unions": "Trade unions",
    "fund": "Fund for Assistance to Victims",
    "coordinator": "National Coordinator and the Interagency Commission",
    "ombudsman": "Commissioner for Human Rights",
}
