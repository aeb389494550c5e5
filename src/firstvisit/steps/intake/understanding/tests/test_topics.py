"""What labels of forms ask for, in the words of many vendors, schools and insurers."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.topics import of_label

LABELS = {
    "patient name": (
        "Patient|Patient's Full Name|patient_name|Name of patient|Name of child|Kiddo's name|"
        "Child's Name|child_full_name|Student Name|Who is the patient?|Client name|"
        "Who is the driver?|Nombre del paciente|Nombre del niño/a|Pt|Patient (Last, First)|"
        "Patient name (as on card)|Clmt|Injured worker name|Who needs the appointment?|"
        "Who will we be seeing?|Person needing therapy|Member name|Patient legal name|"
        "Name of person needing services|Loved one's name|Veteran|Resident name"
    ),
    "patient first": (
        "patient_first|Patient First Name|child_first|pt_first|patientFirstName|"
        "Student first name|firstName of patient"
    ),
    "patient last": ("patient_last|Patient Last Name|child_last|pt_last|patientLastName|Pt last"),
    "first": ("First|First Name|first_name|fname|firstName|Given name|Nombre(s)|Your first name"),
    "last": ("Last|Last Name|last_name|lname|Surname|Family name|Apellido|Apellidos|Your last name"),
    "my name": (
        "Your name|Contact person|contact_name|Contact Name|Submitted by|"
        "Name of person completing this form|Person filling out form|Who is filling this in?|"
        "Form filled out by|Your full name|Adult|Requester|Caller name|"
        "Parent/guardian completing form|Completed by|Sender|From|Lead name|"
        "Nombre de quien llena|Su nombre"
    ),
    "parent": (
        "Parent|Parent/Guardian|Guardian|guardian_name|Mother|Dad's name|Parent name|"
        "Parent or guardian name|Nombre del padre o madre|Madre|Responsible party|Legal guardian|"
        "Emergency contact|Caregiver name|Parent 1|Guardian 1 name"
    ),
    "relationship": (
        "Relationship|Relationship to patient|relation|Your relationship to the patient|"
        "How are you related?|I am a|You are|Your role|Parentesco|Relación con el paciente|"
        "Relationship to child|Who are you?|Filling this out for|This is for|Who is this for?"
    ),
    "dob": (
        "DOB|Date of Birth|Birthdate|Birth date|Born|d.o.b.|child_dob|Patient DOB|Birthday|"
        "Kiddo's birthday|Fecha de nacimiento|fecha_nac|F. Nac.|Date of birth (mm/dd/yyyy)|"
        "pt_dob|dateOfBirth|Child's birth date|When was your child born?|Bday|Date of Birth*|"
        "Fecha de nacimiento (mes/día/año)|patient.birthDate|birth_dt"
    ),
    "age": (
        "Age|Patient age|His or her age?|Edad|Child's age|How old is the patient?|Age in years|Age (years)"
    ),
    "sex": (
        "Sex|Gender|Legal sex|Sex assigned at birth|pt_sex|Sexo|Gender identity|Sex at birth|M/F|"
        "Patient gender"
    ),
    "phone": (
        "Phone|Phone number|Best phone|Best number to reach you|Cell|Mobile|Telephone|Tel|"
        "Contact number|Contact no.|Daytime phone|Phone (cell)|Teléfono|tel|Celular|"
        "Best contact number|Call back number|phone_number|Cell phone|Primary phone|Phone*|"
        "Your phone|Número de teléfono"
    ),
    "patient phone": (
        "Patient phone|Patient cell|pt_phone|Pt cell|Worker phone|Patient contact number|"
        "Patient's phone number|Student's phone|Claimant phone|Patient home phone|"
        "Patient telephone"
    ),
    "contact phone": (
        "Parent phone|Guardian cell|guardian_phone|Parent's cell phone|Mother's phone|"
        "Family contact number|Caregiver phone|Parent contact"
    ),
    "office phone": (
        "Office phone|Provider phone|Ref phone|ref_phone|Practice phone|Referring phone|"
        "Clinic phone|Referring office phone|Office number|Provider telephone|Facility phone|"
        "School phone|Adjuster phone|Phone (office)"
    ),
    "office fax": (
        "Fax|Office fax|Provider fax|ref_fax|Practice fax|Fx|Fax number|Fax #|Referring fax|Facsimile"
    ),
    "email": (
        "Email|E-mail|Email address|Your email|Correo|Correo electrónico|email_address|Mail|Best email|e mail"
    ),
    "patient email": ("Patient email|Patient e-mail address|pt_email"),
    "contact email": ("Parent email|guardian_email|Guardian e-mail"),
    "contact method": (
        "Preferred contact|Best way to reach you|Prefers|Reach me by|Contact preference|"
        "How should we contact you?|preferred_contact_method|Prefer|Contact me by|"
        "Preferred method of contact|¿Cómo prefiere que lo contactemos?|Best way to contact you"
    ),
    "address": (
        "Address|Home address|Street|Street address|Mailing address|Dirección|direccion|"
        "Domicilio|address_line_1|line1|Address 1|Patient address|Residence|Addr|"
        "Street, city, ZIP|Where do you live?"
    ),
    "city": (
        "City|Town|City/State|City, State, ZIP|City/St/Zip|Ciudad|City / State / ZIP|"
        "Town and ZIP?|Ciudad y código postal"
    ),
    "state": ("State|Estado|ST|State/Province"),
    "zip": ("ZIP|Zip code|Postal code|zipcode|Zip|Código postal|pt_zip|Home zip|ZIP/Postal"),
    "language": (
        "Language|Preferred language|Interpreter needed?|Idioma|Idioma preferido|"
        "Language spoken at home|Primary language|Lang|Interpreter"
    ),
    "insurance": (
        "Insurance|Insurance company|Insurance carrier|Coverage|Payer|Plan|Plan name|"
        "Primary insurance|Carrier|Seguro|Seguro médico|Aseguranza|Health plan|Insurer|"
        "insurance_provider|Insurance name|How do you plan to pay?|Who pays?|Payment|Ins|"
        "Insurance plan|Primary payer|Medical insurance|Insurer / TPA|Insurance provider|"
        "How will you be paying?"
    ),
    "member": (
        "Member ID|Member #|Member no.|Policy #|Policy / ID number|Subscriber ID|Subscriber no.|"
        "insurance_id|Ins ID|ID number|ID #|Card number|Plan ID|Medicare number|Medicaid ID|"
        "Member number|Policy number|Recip ID|MBI|Medicare #|Insurance ID number|"
        "Número de miembro|Identification no.|ID on card|Insured ID|Member/Subscriber ID"
    ),
    "group": ("Group|Group #|Group number|Grp|group_no|Grp #|Group ID"),
    "claim": ("Claim #|Claim number|Claim no.|Claim ID|WC claim #|claim|Claim"),
    "authorization": (
        "Auth|Auth #|Authorization|Prior auth|Prior authorization|Pre-cert|Precert|"
        "Pre-authorization|Authorized|Auth status|Authorization #|Referral/auth #|Auth required?|"
        "Precertification|Prior approval|Prior auth needed?"
    ),
    "referrer": (
        "Referring provider|Referring physician|Referred by|Ordering provider|Physician|Doctor|"
        "PCP|ref_provider|Ordering physician|Provider|Who referred you?|Referring doctor|"
        "Doctor's name|Attending|Surgeon|Your doctor|Referral source|Treating physician|"
        "Referring|Prescriber|Ordering MD|Has a doctor asked for this? Name?|Primary care doctor|"
        "Médico|Doctor que refiere|Referring clinician|Ref MD|Requesting provider|Ref by|"
        "Ordering"
    ),
    "organization": (
        "Practice|Facility|Clinic|Organization|ref_practice|Practice name|School|School district|"
        "Company|Referring practice|Agency|Submitting office|From facility|Organization name|"
        "District|Facility name|Referring facility|Office name|Hospital|Business name|"
        "Institution|Employer name"
    ),
    "npi": ("NPI|NPI #|Provider NPI|ref_npi|NPI number|Referring NPI|Physician NPI"),
    "codes": (
        "Dx|Diagnosis|ICD-10|ICD|Dx codes|dx1|dx2|Dx1|Diagnosis code|Diagnoses|ICD-10 code(s)|"
        "icd10|Primary dx|Secondary diagnosis|Diagnosis code, if you know it|Diagnóstico|"
        "Treatment diagnosis|Medical diagnosis"
    ),
    "event": (
        "Date of injury|DOI|Date of surgery|Surgery date|Injury date|Loss date|Date of accident|"
        "Date of loss|Onset date|Discharge date|IEP date|DOS|Procedure date|Accident date|"
        "Date of onset|Anticipated discharge"
    ),
    "availability": (
        "Availability|Best times|Best days|Preferred days|Preferred times|Times|"
        "When can you come?|Days available|best_times|Which days work?|Horario|Disponibilidad|"
        "Best time for visit|Available|Scheduling preference|windows|Preferred appointment times|"
        "Days and times|Best time to come|¿Qué días puede venir?|Preferred schedule|"
        "Best appointment times"
    ),
    "timing": (
        "How soon?|Urgency|Priority|When|Timeframe|Requested start|Start|Needed by|Start date|"
        "Timeline|How soon do you need to be seen?|When would you like to start?|Desired start|"
        "preferred_month|How urgent is this?"
    ),
    "setting": (
        "Setting|Location|Where|Place of service|Visit type|place|Preferred location|"
        "Location preference|Clinic or home?|Place|Treatment location|In person or virtual?"
    ),
    "service": (
        "Service|Services|Therapy|Type of therapy|Discipline|Service requested|Therapy needed|"
        "Specialty|Servicio|Tipo de terapia|Department|I need|Looking for|Interested in|"
        "Services needed|Order type|Requested|Requesting|Specialty requested|Referral type|"
        "request_type|want|Tx req|Rx|Evaluate for|Disciplines|What kind of therapy?|"
        "Reason for therapy|Type of service"
    ),
    "frequency": (
        "Frequency|Freq|Frequency/duration|Duration|Visits|# of visits|Freq/Dur|Visits approved|"
        "Plan of care|Visits authorized|Frequency and duration|Dur"
    ),
    "documents": (
        "Attachments|Documents|Attached|Enclosures|Files|Order on file?|"
        "Do you have a prescription?|Uploads|Doctor's order?|Attached in portal|"
        "Documents attached|¿Tiene orden médica?|Has order|Do you have a referral?|Prescription|"
        "Order|Script?|Doctor's order on hand"
    ),
    "prose": (
        "Message|Comments|Notes|Reason for visit|Concern|Describe your problem|"
        "What brings you in?|Story|Additional information|Mensaje|What is going on?|Details|"
        "Main complaint|What happened|What worries you?|why|What are you hoping for?|Hx|HPI|Goal|"
        "Question|Your question|Motivo|¿Qué le preocupa?|Tell us more|Reason for referral|"
        "Presenting problem|Body part|Symptoms|Anything else?|Notes from visitor|Chief complaint|"
        "Areas of concern|What can we help with?"
    ),
    "parent relationship": ("guardian_relation|Guardian relationship|Parent relation"),
}


@pytest.mark.parametrize("topic", LABELS)
def test_labels_of_many_forms_are_known(topic: str) -> None:
    asked = LABELS[topic].split("|")
    assert {label: of_label(label) for label in asked} == dict.fromkeys(asked, topic)


@pytest.mark.parametrize(
    "words", ["Hello there", "Best regards", "Riverbend", "He is four", "Thank you", "See you soon", "12", ""]
)
def test_other_words_ask_for_nothing(words: str) -> None:
    assert of_label(words) is None
