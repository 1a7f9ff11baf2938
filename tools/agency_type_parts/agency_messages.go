// MADE
package agency

import (
	"encoding/json"
	"fmt"
)

// MADE HERE

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
