// Made by `python tools/agency_types.py write` from the JSON schemas; do not edit.
/** A fact of an event: an id, a code, a date, a number, yes or no, a list of texts, or nothing. */
export type Fact = string | number | boolean | string[] | null;

/** What the person agreed to, as an agency submits it. */
export interface SubmittedConsent {
  data_class: string;
  purpose: string;
  recipient: string;
}

/** The person withdrew a consent: nothing more is sent under it (ID-12). */
export interface ConsentEnded {
  acknowledge_by: string;
  case_id: string;
  consent_id: string;
  data_class: string;
  effective_at: string;
  purpose: string;
}

/** The person is enrolled on a course; one that lacks enrolment is marked as such (SH-8). */
export interface CourseEnrolmentTold {
  case_id: string;
  course: string;
  effective_at: string;
  enrolled: number;
  needed: number;
}

/** Something happened in a case that this agency may know of, for this purpose (ID-12). */
export interface EventShared {
  agreement: number;
  case_id: string;
  effective_at: string;
  event: string;
  event_id: string;
  fields: Record<string, Fact>;
  purpose: string;
}

/** The agency takes over the support that was handed to it, or states why it cannot (SH-8). */
export interface HandoverAnswered {
  case_id: string;
  effective_at: string;
  handover_id: string;
  reason?: string | null;
  taken: boolean;
}

/** A presumed victim is reported by an agency's system (ID-1). */
export interface ReferralSubmitted {
  consents?: SubmittedConsent[] | null;
  effective_at: string;
  handle_id: string;
}

/** The special police body took the case that was handed over to it (ID-7). */
export interface ReferralTaken {
  case_id: string;
  effective_at: string;
}

/** What became of a submission: accepted, or refused with a stable code. */
export interface SubmissionAnswered {
  accepted: boolean;
  case_id?: string | null;
  code: string;
  effective_at: string;
  key: string;
  place?: string | null;
  submission_id: string;
}

/** The agency ended what it did under a withdrawn consent (ID-12). */
export interface WithdrawalAcknowledged {
  case_id: string;
  consent_id: string;
  effective_at: string;
}

export type Message =
  | { type: "nrm.agency.ConsentEnded.v1"; data: ConsentEnded }
  | { type: "nrm.agency.CourseEnrolmentTold.v1"; data: CourseEnrolmentTold }
  | { type: "nrm.agency.EventShared.v1"; data: EventShared }
  | { type: "nrm.agency.HandoverAnswered.v1"; data: HandoverAnswered }
  | { type: "nrm.agency.ReferralSubmitted.v1"; data: ReferralSubmitted }
  | { type: "nrm.agency.ReferralTaken.v1"; data: ReferralTaken }
  | { type: "nrm.agency.SubmissionAnswered.v1"; data: SubmissionAnswered }
  | { type: "nrm.agency.WithdrawalAcknowledged.v1"; data: WithdrawalAcknowledged };

const NEEDED: Record<Message["type"], readonly string[]> = {
  "nrm.agency.ConsentEnded.v1": ["acknowledge_by", "case_id", "consent_id", "data_class", "effective_at", "purpose"],
  "nrm.agency.CourseEnrolmentTold.v1": ["case_id", "course", "effective_at", "enrolled", "needed"],
  "nrm.agency.EventShared.v1": ["agreement", "case_id", "effective_at", "event", "event_id", "fields", "purpose"],
  "nrm.agency.HandoverAnswered.v1": ["case_id", "effective_at", "handover_id", "taken"],
  "nrm.agency.ReferralSubmitted.v1": ["effective_at", "handle_id"],
  "nrm.agency.ReferralTaken.v1": ["case_id", "effective_at"],
  "nrm.agency.SubmissionAnswered.v1": ["accepted", "code", "effective_at", "key", "submission_id"],
  "nrm.agency.WithdrawalAcknowledged.v1": ["case_id", "consent_id", "effective_at"],
};

/** The message of a record: `type` is its header `ce_type`, `value` its value. Throws where a field is missing. */
export function read(type: string, value: string): Message {
  if (!(type in NEEDED)) throw new Error("unknown_type");
  const known = type as Message["type"];
  const data = JSON.parse(value) as Record<string, unknown>;
  for (const name of NEEDED[known]) if (data[name] == null) throw new Error(`payload_malformed: ${name}`);
  return { type: known, data } as unknown as Message;
}
