"""What identification does with each event."""

from casework.projection import access_subscriptions
from chassis.subscription import Subscription
from nrm_events import exchange, fund, notify, repatriation, shelter

from identification.use_cases import reactions as r

SUBSCRIPTIONS = (
    *(one for one in access_subscriptions("identification") if one.event is not shelter.HandoverAcknowledged),
    Subscription(shelter.ShelterAdmitted, react=r.support_began),
    Subscription(shelter.HandoverAcknowledged, project=r.handover_acknowledged, react=r.support_began),
    Subscription(fund.PaymentMade, react=r.support_began),
    Subscription(shelter.ConsentWithdrawalAcknowledged, react=r.withdrawal_acknowledged),
    Subscription(fund.ConsentWithdrawalAcknowledged, react=r.withdrawal_acknowledged),
    Subscription(repatriation.ConsentWithdrawalAcknowledged, react=r.withdrawal_acknowledged),
    Subscription(notify.ConsentWithdrawalAcknowledged, react=r.withdrawal_acknowledged),
    Subscription(exchange.ConsentWithdrawalAcknowledged, react=r.withdrawal_acknowledged),
    Subscription(exchange.WithdrawalTold, react=r.withdrawal_sent),
    Subscription(exchange.WithdrawalAcknowledged, react=r.agency_acknowledged),
    Subscription(exchange.ReferralSubmitted, react=r.referral_submitted),
    Subscription(exchange.ReferralTaken, react=r.referral_taken),
)
