"""The rules of notify: values, state machines and pure functions (NO-1 … NO-4, ID-7, ID-12). No I/O, no clock."""
