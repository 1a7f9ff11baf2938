// Made by `python tools/agency_types.py write` from the JSON schemas; do not edit.
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Messages between an agency's system and the platform. A field that may be missing is null. */
@SuppressWarnings("unchecked")
public final class AgencyMessages {
    private AgencyMessages() {}

    public interface Message {
        /** As its JSON object has them. */
        Map<String, Object> toMap();
    }

    /** The message of a record: `type` is its header ce_type, `value` its value. */
    public static Message read(String type, String value) {
        try {
            return of(type, (Map<String, Object>) new Json(value).whole());
        } catch (ClassCastException | IndexOutOfBoundsException | NumberFormatException wrong) {
            throw new IllegalArgumentException("payload_malformed");
        }
    }

    /** A message, a list or a fact as JSON. */
    public static String write(Object value) {
        if (value instanceof Message message) return write(message.toMap());
        if (value instanceof Map<?, ?> map) {
            List<String> parts = new ArrayList<>();
            map.forEach((name, inner) -> parts.add(write(name) + ":" + write(inner)));
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof List<?> list) {
            return "[" + String.join(",", list.stream().map(AgencyMessages::write).toList()) + "]";
        }
        if (!(value instanceof String text)) return String.valueOf(value);
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < ' ') quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

        /** What the person agreed to, as an agency submits it. */
    public record SubmittedConsent(String dataClass, String purpose, String recipient) implements Message {

        static SubmittedConsent from(Map<String, Object> from) {
            return new SubmittedConsent((String) requiredField(from, "data_class"), (String) requiredField(from, "purpose"), (String) requiredField(from, "recipient"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (dataClass() != null) to.put("data_class", dataClass());
            if (purpose() != null) to.put("purpose", purpose());
            if (recipient() != null) to.put("recipient", recipient());
            return to;
        }
    }

    /** The person withdrew a consent: nothing more is sent under it (ID-12). */
    public record ConsentEnded(String acknowledgeBy, String caseId, String consentId, String dataClass, String effectiveAt, String purpose) implements Message {
        public static final String TYPE = "nrm.agency.ConsentEnded.v1";
        static ConsentEnded from(Map<String, Object> from) {
            return new ConsentEnded((String) requiredField(from, "acknowledge_by"), (String) requiredField(from, "case_id"), (String) requiredField(from, "consent_id"), (String) requiredField(from, "data_class"), (String) requiredField(from, "effective_at"), (String) requiredField(from, "purpose"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (acknowledgeBy() != null) to.put("acknowledge_by", acknowledgeBy());
            if (caseId() != null) to.put("case_id", caseId());
            if (consentId() != null) to.put("consent_id", consentId());
            if (dataClass() != null) to.put("data_class", dataClass());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            if (purpose() != null) to.put("purpose", purpose());
            return to;
        }
    }

    /** The person is enrolled on a course; one that lacks enrolment is marked as such (SH-8). */
    public record CourseEnrolmentTold(String caseId, String course, String effectiveAt, Long enrolled, Long needed) implements Message {
        public static final String TYPE = "nrm.agency.CourseEnrolmentTold.v1";
        static CourseEnrolmentTold from(Map<String, Object> from) {
            return new CourseEnrolmentTold((String) requiredField(from, "case_id"), (String) requiredField(from, "course"), (String) requiredField(from, "effective_at"), (Long) requiredField(from, "enrolled"), (Long) requiredField(from, "needed"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (caseId() != null) to.put("case_id", caseId());
            if (course() != null) to.put("course", course());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            if (enrolled() != null) to.put("enrolled", enrolled());
            if (needed() != null) to.put("needed", needed());
            return to;
        }
    }

    /** Something happened in a case that this agency may know of, for this purpose (ID-12). */
    public record EventShared(Long agreement, String caseId, String effectiveAt, String event, String eventId, Map<String, Object> fields, String purpose) implements Message {
        public static final String TYPE = "nrm.agency.EventShared.v1";
        static EventShared from(Map<String, Object> from) {
            return new EventShared((Long) requiredField(from, "agreement"), (String) requiredField(from, "case_id"), (String) requiredField(from, "effective_at"), (String) requiredField(from, "event"), (String) requiredField(from, "event_id"), (Map<String, Object>) requiredField(from, "fields"), (String) requiredField(from, "purpose"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (agreement() != null) to.put("agreement", agreement());
            if (caseId() != null) to.put("case_id", caseId());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            if (event() != null) to.put("event", event());
            if (eventId() != null) to.put("event_id", eventId());
            if (fields() != null) to.put("fields", fields());
            if (purpose() != null) to.put("purpose", purpose());
            return to;
        }
    }

    /** The agency takes over the support that was handed to it, or states why it cannot (SH-8). */
    public record HandoverAnswered(String caseId, String effectiveAt, String handoverId, String reason, Boolean taken) implements Message {
        public static final String TYPE = "nrm.agency.HandoverAnswered.v1";
        static HandoverAnswered from(Map<String, Object> from) {
            return new HandoverAnswered((String) requiredField(from, "case_id"), (String) requiredField(from, "effective_at"), (String) requiredField(from, "handover_id"), (String) optionalField(from, "reason"), (Boolean) requiredField(from, "taken"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (caseId() != null) to.put("case_id", caseId());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            if (handoverId() != null) to.put("handover_id", handoverId());
            if (reason() != null) to.put("reason", reason());
            if (taken() != null) to.put("taken", taken());
            return to;
        }
    }

    /** A presumed victim is reported by an agency's system (ID-1). */
    public record ReferralSubmitted(List<SubmittedConsent> consents, String effectiveAt, String handleId) implements Message {
        public static final String TYPE = "nrm.agency.ReferralSubmitted.v1";
        static ReferralSubmitted from(Map<String, Object> from) {
            return new ReferralSubmitted(records(optionalField(from, "consents"), SubmittedConsent::from), (String) requiredField(from, "effective_at"), (String) requiredField(from, "handle_id"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (consents() != null) to.put("consents", written(consents()));
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            if (handleId() != null) to.put("handle_id", handleId());
            return to;
        }
    }

    /** The special police body took the case that was handed over to it (ID-7). */
    public record ReferralTaken(String caseId, String effectiveAt) implements Message {
        public static final String TYPE = "nrm.agency.ReferralTaken.v1";
        static ReferralTaken from(Map<String, Object> from) {
            return new ReferralTaken((String) requiredField(from, "case_id"), (String) requiredField(from, "effective_at"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (caseId() != null) to.put("case_id", caseId());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            return to;
        }
    }

    /** What became of a submission: accepted, or refused with a stable code. */
    public record SubmissionAnswered(Boolean accepted, String caseId, String code, String effectiveAt, String key, String place, String submissionId) implements Message {
        public static final String TYPE = "nrm.agency.SubmissionAnswered.v1";
        static SubmissionAnswered from(Map<String, Object> from) {
            return new SubmissionAnswered((Boolean) requiredField(from, "accepted"), (String) optionalField(from, "case_id"), (String) requiredField(from, "code"), (String) requiredField(from, "effective_at"), (String) requiredField(from, "key"), (String) optionalField(from, "place"), (String) requiredField(from, "submission_id"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (accepted() != null) to.put("accepted", accepted());
            if (caseId() != null) to.put("case_id", caseId());
            if (code() != null) to.put("code", code());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            if (key() != null) to.put("key", key());
            if (place() != null) to.put("place", place());
            if (submissionId() != null) to.put("submission_id", submissionId());
            return to;
        }
    }

    /** The agency ended what it did under a withdrawn consent (ID-12). */
    public record WithdrawalAcknowledged(String caseId, String consentId, String effectiveAt) implements Message {
        public static final String TYPE = "nrm.agency.WithdrawalAcknowledged.v1";
        static WithdrawalAcknowledged from(Map<String, Object> from) {
            return new WithdrawalAcknowledged((String) requiredField(from, "case_id"), (String) requiredField(from, "consent_id"), (String) requiredField(from, "effective_at"));
        }
        public Map<String, Object> toMap() {
            Map<String, Object> to = new LinkedHashMap<>();
            if (caseId() != null) to.put("case_id", caseId());
            if (consentId() != null) to.put("consent_id", consentId());
            if (effectiveAt() != null) to.put("effective_at", effectiveAt());
            return to;
        }
    }

    private static Message of(String type, Map<String, Object> from) {
        return switch (type) {
            case ConsentEnded.TYPE -> ConsentEnded.from(from);
            case CourseEnrolmentTold.TYPE -> CourseEnrolmentTold.from(from);
            case EventShared.TYPE -> EventShared.from(from);
            case HandoverAnswered.TYPE -> HandoverAnswered.from(from);
            case ReferralSubmitted.TYPE -> ReferralSubmitted.from(from);
            case ReferralTaken.TYPE -> ReferralTaken.from(from);
            case SubmissionAnswered.TYPE -> SubmissionAnswered.from(from);
            case WithdrawalAcknowledged.TYPE -> WithdrawalAcknowledged.from(from);
            default -> throw new IllegalArgumentException("unknown_type");
        };
    }

    private static Object requiredField(Map<String, Object> from, String name) {
        Object found = from.get(name);
        if (found == null) throw new IllegalArgumentException("payload_malformed: " + name);
        return found;
    }

    private static Object optionalField(Map<String, Object> from, String name) {
        return from.get(name);
    }

    private static <T> List<T> records(Object list, Function<Map<String, Object>, T> read) {
        if (list == null) return null;
        return ((List<Map<String, Object>>) list).stream().map(read).toList();
    }

    private static List<Map<String, Object>> written(List<? extends Message> records) {
        return records.stream().map(Message::toMap).toList();
    }

    /** JSON as maps, lists, texts, longs, doubles and booleans. */
    private static final class Json {
        private final String text;
        private int at = 0;

        Json(String text) {
            this.text = text;
        }

        Object whole() {
            Object found = value();
            space();
            if (at != text.length()) throw new IllegalArgumentException("payload_malformed");
            return found;
        }

        private void space() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        }

        private boolean take(char wanted) {
            space();
            if (text.charAt(at) != wanted) return false;
            at++;
            return true;
        }

        private void must(char wanted) {
            if (!take(wanted)) throw new IllegalArgumentException("payload_malformed");
        }

        private Object value() {
            if (take('{')) return object();
            if (take('[')) return array();
            if (take('"')) return string();
            int from = at;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) at++;
            String word = text.substring(from, at);
            return switch (word) {
                case "true" -> true;
                case "false" -> false;
                case "null" -> null;
                default -> word.matches("-?\\d+") ? (Object) Long.valueOf(word) : (Object) Double.valueOf(word);
            };
        }

        private Map<String, Object> object() {
            Map<String, Object> found = new LinkedHashMap<>();
            if (take('}')) return found;
            do {
                must('"');
                String name = string();
                must(':');
                found.put(name, value());
            } while (take(','));
            must('}');
            return found;
        }

        private List<Object> array() {
            List<Object> found = new ArrayList<>();
            if (take(']')) return found;
            do found.add(value());
            while (take(','));
            must(']');
            return found;
        }

        private String string() {
            StringBuilder found = new StringBuilder();
            for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
                if (c != '\\') {
                    found.append(c);
                    continue;
                }
                char escaped = text.charAt(at++);
                int plain = "nrtbf".indexOf(escaped);
                if (plain >= 0) found.append("\n\r\t\b\f".charAt(plain));
                else if (escaped == 'u') {
                    found.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else found.append(escaped);
            }
            return found.toString();
        }
    }
}
