"""The letter that asks guardians for their consent, with a slip to sign that stays at the school."""

from __future__ import annotations

from survey_app.documents.occasion import HOTLINE, Occasion
from survey_app.documents.typesetting import pdf, said

ANSWERED = ("what", "how", "who", "free", "withdraw", "after")
"""What a guardian wants to know, in order; each has a heading and a text."""


def consent_letter(language: str, occasion: Occasion) -> bytes:
    """One page, to be copied for every guardian. The child's name is written on the slip by hand and typed in nowhere."""
    about = {
        "title": occasion.title,
        "place": occasion.place,
        "day": occasion.day,
        "low": occasion.min_age,
        "high": occasion.max_age,
    }
    return pdf(
        "consent_letter.typ",
        language,
        {
            "title": said(language, "letter.title"),
            "places": [place for place in (occasion.school, occasion.commune) if place],
            "country": said(language, "letter.country"),
            "motto": said(language, "letter.motto"),
            "subject": said(language, "letter.subject"),
            "greeting": said(language, "letter.greeting"),
            "opening": said(language, "letter.opening", **about),
            "parts": [
                {"heading": said(language, f"letter.{part}.heading"), "words": said(language, f"letter.{part}")}
                for part in ANSWERED
            ],
            "basis": said(language, "letter.basis"),
            "contact": said(language, "letter.contact"),
            "telephone": said(language, "letter.telephone"),
            "hotline": said(language, "letter.hotline", number=HOTLINE),
            "slip": {
                "cut": said(language, "slip.cut"),
                "title": said(language, "slip.title"),
                "about": f"{occasion.title} · {occasion.place} · {occasion.day}",
                "child": said(language, "slip.child"),
                "class": said(language, "slip.class"),
                "agree": said(language, "slip.agree"),
                "disagree": said(language, "slip.disagree"),
                "day": said(language, "slip.day"),
                "signature": said(language, "slip.signature"),
                "kept": said(language, "slip.kept"),
            },
        },
    )
