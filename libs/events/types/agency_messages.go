// Made by `python tools/agency_types.py write` from the JSON schemas; do not edit.
package agency

import (
	"encoding/json"
	"fmt"
)

// SubmittedConsent: What the person agreed to, as an agency submits it.
type SubmittedConsent struct {
	DataClass string `json:"data_class"`
	Purpose string `json:"purpose"`
	Recipient string `json:"recipient"`
}

// ConsentEnded: The person withdrew a consent: nothing more is sent under it (ID-12).
type ConsentEnded struct {
	AcknowledgeBy string `json:"acknowledge_by"`
	CaseId string `json:"case_id"`
	ConsentId string `json:"consent_id"`
	DataClass string `json:"data_class"`
	EffectiveAt string `json:"effective_at"`
	Purpose string `json:"purpose"`
}

// CourseEnrolmentTold: The person is enrolled on a course; one that lacks enrolment is marked as such (SH-8).
type CourseEnrolmentTold struct {
	CaseId string `json:"case_id"`
	Course string `json:"course"`
	EffectiveAt string `json:"effective_at"`
	Enrolled int64 `json:"enrolled"`
	Needed int64 `json:"needed"`
}

// EventShared: Something happened in a case that this agency may know of, for this purpose (ID-12).
type EventShared struct {
	Agreement int64 `json:"agreement"`
	CaseId string `json:"case_id"`
	EffectiveAt string `json:"effective_at"`
	Event string `json:"event"`
	EventId string `json:"event_id"`
	Fields map[string]any `json:"fields"`
	Purpose string `json:"purpose"`
}

// HandoverAnswered: The agency takes over the support that was handed to it, or states why it cannot (SH-8).
type HandoverAnswered struct {
	CaseId string `json:"case_id"`
	EffectiveAt string `json:"effective_at"`
	HandoverId string `json:"handover_id"`
	Reason *string `json:"reason,omitempty"`
	Taken bool `json:"taken"`
}

// ReferralSubmitted: A presumed victim is reported by an agency's system (ID-1).
type ReferralSubmitted struct {
	Consents []SubmittedConsent `json:"consents,omitempty"`
	EffectiveAt string `json:"effective_at"`
	HandleId string `json:"handle_id"`
}

// ReferralTaken: The special police body took the case that was handed over to it (ID-7).
type ReferralTaken struct {
	CaseId string `json:"case_id"`
	EffectiveAt string `json:"effective_at"`
}

// SubmissionAnswered: What became of a submission: accepted, or refused with a stable code.
type SubmissionAnswered struct {
	Accepted bool `json:"accepted"`
	CaseId *string `json:"case_id,omitempty"`
	Code string `json:"code"`
	EffectiveAt string `json:"effective_at"`
	Key string `json:"key"`
	Place *string `json:"place,omitempty"`
	SubmissionId string `json:"submission_id"`
}

// WithdrawalAcknowledged: The agency ended what it did under a withdrawn consent (ID-12).
type WithdrawalAcknowledged struct {
	CaseId string `json:"case_id"`
	ConsentId string `json:"consent_id"`
	EffectiveAt string `json:"effective_at"`
}

// New returns an empty message of a type; nil where there is no such type.
func New(kind string) any {
	switch kind {
	case "nrm.agency.ConsentEnded.v1":
		return new(ConsentEnded)
	case "nrm.agency.CourseEnrolmentTold.v1":
		return new(CourseEnrolmentTold)
	case "nrm.agency.EventShared.v1":
		return new(EventShared)
	case "nrm.agency.HandoverAnswered.v1":
		return new(HandoverAnswered)
	case "nrm.agency.ReferralSubmitted.v1":
		return new(ReferralSubmitted)
	case "nrm.agency.ReferralTaken.v1":
		return new(ReferralTaken)
	case "nrm.agency.SubmissionAnswered.v1":
		return new(SubmissionAnswered)
	case "nrm.agency.WithdrawalAcknowledged.v1":
		return new(WithdrawalAcknowledged)
	}
	return nil
}

var needed = map[string][]string{
	"nrm.agency.ConsentEnded.v1": {`acknowledge_by`, `case_id`, `consent_id`, `data_class`, `effective_at`, `purpose`},
	"nrm.agency.CourseEnrolmentTold.v1": {`case_id`, `course`, `effective_at`, `enrolled`, `needed`},
	"nrm.agency.EventShared.v1": {`agreement`, `case_id`, `effective_at`, `event`, `event_id`, `fields`, `purpose`},
	"nrm.agency.HandoverAnswered.v1": {`case_id`, `effective_at`, `handover_id`, `taken`},
	"nrm.agency.ReferralSubmitted.v1": {`effective_at`, `handle_id`},
	"nrm.agency.ReferralTaken.v1": {`case_id`, `effective_at`},
	"nrm.agency.SubmissionAnswered.v1": {`accepted`, `code`, `effective_at`, `key`, `submission_id`},
	"nrm.agency.WithdrawalAcknowledged.v1": {`case_id`, `consent_id`, `effective_at`},
}

// Read returns the message of a record: kind is its header ce_type, value its value.
func Read(kind string, value []byte) (any, error) {
	message := New(kind)
	if message == nil {
		return nil, fmt.Errorf("unknown_type")
	}
	var there map[string]json.RawMessage
	if err := json.Unmarshal(value, &there); err != nil {
		return nil, fmt.Errorf("payload_malformed")
	}
	for _, name := range needed[kind] {
		if found, ok := there[name]; !ok || string(found) == "null" {
			return nil, fmt.Errorf("payload_malformed: %s", name)
		}
	}
	if err := json.Unmarshal(value, message); err != nil {
		return nil, fmt.Errorf("payload_malformed")
	}
	return message, nil
}
