//! People, as the desk enters them and as they are sent.

use domain::dossier::private::Person;

use super::fields::Fields;
use crate::proto;

impl Fields {
    /// A person; the name is required.
    pub fn person(&mut self, field: &str, given: Option<&proto::Person>) -> Person {
        let blank = proto::Person::default();
        let given = given.unwrap_or(&blank);
        let name_field = format!("{field}.name");
        let name = self.required(&name_field, &given.name, Person::LONGEST_NAME);
        if !name.is_empty() && !name.chars().any(char::is_alphabetic) {
            self.wrong(&name_field, "expected a name with at least one letter");
        }
        Person {
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
            id_number: self.id_number(&format!("{field}.id_number"), &given.id_number),
            phone: self.phone(&format!("{field}.phone"), &given.phone),
            address: self.text(
                &format!("{field}.address"),
                &given.address,
                Person::LONGEST_ADDRESS,
            ),
        }
    }

    fn id_number(&mut self, field: &str, text: &str) -> String {
        Person::read_id_number(text).unwrap_or_else(|| {
            self.wrong(
                field,
                "expected 9 to 12 digits, or a passport's letters and digits, 20 at most",
            );
            String::new()
        })
    }

    fn phone(&mut self, field: &str, text: &str) -> String {
        Person::read_phone(text).unwrap_or_else(|| {
            self.wrong(
                field,
                "expected a telephone number of 8 to 15 digits, such as 0912 345 678",
            );
            String::new()
        })
    }
}

/// Draws a person.
pub fn person(person: &Person) -> proto::Person {
    proto::Person {
        name: person.name.clone(),
        id_number: person.id_number.clone(),
        phone: person.phone.clone(),
        address: person.address.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, id_number: &str, phone: &str) -> Result<Person, app::Error> {
        let given = proto::Person {
            name: name.into(),
            id_number: id_number.into(),
            phone: phone.into(),
            address: String::new(),
        };
        let mut fields = Fields::default();
        let person = fields.person("applicant", Some(&given));
        fields.done(Some(person))
    }

    #[test]
    fn composed_and_decomposed_names_are_the_same_person() {
        let composed = person("Nguyễn Thị Hoà", "", "").unwrap();
        let decomposed = person("Nguye\u{302}\u{303}n  Thi\u{323} Hoa\u{300} ", "", "").unwrap();
        assert_eq!(composed.name, decomposed.name);
    }

    #[test]
    fn numbers_are_forgiven_their_spaces_and_refused_their_nonsense() {
        assert_eq!(
            person("A", "001 203 000 001", "+84 912.345.678")
                .unwrap()
                .id_number,
            "001203000001"
        );
        assert_eq!(person("A", "c1234567", "").unwrap().id_number, "C1234567");
        for (id_number, phone) in [("12345678", ""), ("1234567890123", ""), ("C-123456", "")]
            .into_iter()
            .chain([("", "123"), ("", "09123456789012345"), ("", "gọi nhà bên")])
        {
            assert!(
                person("A", id_number, phone).is_err(),
                "{id_number} {phone}"
            );
        }
        assert!(person("1234", "", "").is_err(), "a name has letters");
    }
}
