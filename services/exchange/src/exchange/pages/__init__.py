"""The staff pages of the exchange: agencies' systems, their agreements, what went in and out."""

from staffui.pages import Pages, Part

from exchange.pages import agencies

PAGES = Pages(
    lists=(agencies.AGENCIES,),
    objects=(agencies.AGENCY,),
    start=(
        Part("suspended_agencies", agencies.AGENCIES, {"state": "suspended"}),
        Part("joined_agencies", agencies.AGENCIES, {"state": "active"}),
    ),
)
