//! Rows of reports as they are sent: each column of the row is the field of its name.

use domain::indicator::{Column, Value};
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor};

use crate::proto;

/// Draws a row. The message has a field for each column, which a test compares.
pub fn row<T, M: Message + Default>(columns: &[Column<T>], row: &T, message: &str) -> M {
    let mut drawn = DynamicMessage::new(descriptor(message));
    for column in columns {
        if let Some(value) = sent(&(column.value)(row)) {
            drawn.set_field_by_name(column.name, value);
        }
    }
    let drawn = drawn.transcode_to();
    drawn.expect("a message is read as what it was written as")
}

fn descriptor(message: &str) -> MessageDescriptor {
    let name = format!("motcua.v1.{message}");
    let found = proto::pool().get_message_by_name(&name);
    found.expect("the contract has the message")
}

fn sent(value: &Value<'_>) -> Option<prost_reflect::Value> {
    use prost_reflect::Value as Sent;
    Some(match *value {
        Value::Text(text) => Sent::String(text.to_owned()),
        Value::Count(count) => Sent::U32(count),
        Value::Flag(flag) => Sent::Bool(flag),
        Value::Number(number) => Sent::F64(number?),
        Value::Rate(rate) => {
            let mut drawn = DynamicMessage::new(descriptor("Rate"));
            drawn.set_field_by_name("num", Sent::U32(rate.num));
            drawn.set_field_by_name("den", Sent::U32(rate.den));
            if let Some(rate) = rate.rate {
                drawn.set_field_by_name("rate", Sent::F64(rate));
            }
            Sent::Message(drawn)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::indicator::{BRIDGE, II06A, MEMO, RATES};

    /// The fields of a message and the columns of a report, by name.
    fn compared<T>(message: &str, columns: &[Column<T>]) {
        let mut fields: Vec<String> = descriptor(message)
            .fields()
            .map(|field| field.name().to_owned())
            .collect();
        let mut names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        fields.sort_unstable();
        names.sort_unstable();
        assert_eq!(fields, names, "{message}");
    }

    #[test]
    fn each_column_is_a_field_and_each_field_a_column() {
        compared("UnitRates", &RATES);
        compared("Ii06aRow", &II06A);
        compared("Bridge", &BRIDGE);
        compared("Memo", &MEMO);
    }
}
