"""One frozen model per act: the body of the API, and what an agency's message is made into."""

from identification.commands.assessment import (
    Appeal,
    DecideAgainst,
    GiveOpinion,
    Presume,
    RecogniseFormally,
    Screen,
    SettleAppeal,
)
from identification.commands.cases import (
    Acknowledge,
    AnswerHolderOffer,
    DeclineHolder,
    Disclose,
    EndCase,
    EndReflection,
    ExplainRights,
    OfferHolder,
    OfferReflection,
    RecordPotential,
    Refer,
)
from identification.commands.children import (
    AgreeToEnding,
    AppointGuardian,
    DoubtAge,
    EstablishAge,
    EstablishIdentity,
    TraceFamily,
)
from identification.commands.consents import (
    ConsentDetails,
    Informed,
    MeetDutyWithoutName,
    RecordConsent,
    WithdrawConsent,
)
from identification.commands.identities import (
    CorrectIdentity,
    ReadIdentity,
    SafeContact,
    ServeIdentity,
    SetSafeContact,
)
from identification.commands.reports import Attach, ReceiveReport, Register, Reported, StoreForReferral
from identification.commands.representatives import Representative, SetRepresentative
from identification.commands.same_person import AnswerSamePersonTask

__all__ = [
    "Acknowledge",
    "AgreeToEnding",
    "AnswerHolderOffer",
    "AnswerSamePersonTask",
    "Appeal",
    "AppointGuardian",
    "Attach",
    "ConsentDetails",
    "CorrectIdentity",
    "DecideAgainst",
    "DeclineHolder",
    "Disclose",
    "DoubtAge",
    "EndCase",
    "EndReflection",
    "EstablishAge",
    "EstablishIdentity",
    "ExplainRights",
    "GiveOpinion",
    "Informed",
    "MeetDutyWithoutName",
    "OfferHolder",
    "OfferReflection",
    "Presume",
    "ReadIdentity",
    "ReceiveReport",
    "RecogniseFormally",
    "RecordConsent",
    "RecordPotential",
    "Refer",
    "Register",
    "Reported",
    "Representative",
    "SafeContact",
    "Screen",
    "ServeIdentity",
    "SetRepresentative",
    "SetSafeContact",
    "SettleAppeal",
    "StoreForReferral",
    "TraceFamily",
    "WithdrawConsent",
]
