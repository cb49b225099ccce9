"""Every word that a person reads, one file a language."""

from gecat.i18n.catalogue import LANGUAGES, Section, say, words

__all__ = ["LANGUAGES", "Section", "say", "words"]
