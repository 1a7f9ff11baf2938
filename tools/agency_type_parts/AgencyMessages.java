// MADE
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

    // MADE HERE

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
