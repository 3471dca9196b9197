"""What stood in a mail's way, in words: from what is kept of a failed try (the kind of error and the server's code).

The carrier keeps no words of the mail server, for they may repeat the message or a password. Pure.
"""

from __future__ import annotations

from typing import Final

from portal.kernel.i18n import Message, msg

_UNREACHABLE: Final = msg("The mail server does not answer.")
_NAME: Final = msg("The mail server's name is not known.")
_BROKE_OFF: Final = msg("The mail server broke the connection off.")
_CERTIFICATE: Final = msg("The encrypted connection to the mail server could not be made: its certificate is not "
                          "trusted, or it speaks no encryption.")
_SIGN_IN: Final = msg("The mail server did not accept the portal's user name and password.")
_WORDS: Final = {
    "ConnectionRefusedError": msg("The mail server refused the connection."),
    "TimeoutError": _UNREACHABLE, "OSError": _UNREACHABLE, "SMTPConnectError": _UNREACHABLE,
    "gaierror": _NAME, "herror": _NAME,
    "ConnectionResetError": _BROKE_OFF, "BrokenPipeError": _BROKE_OFF, "ConnectionAbortedError": _BROKE_OFF,
    "SMTPServerDisconnected": _BROKE_OFF,
    "SSLError": _CERTIFICATE, "SSLCertVerificationError": _CERTIFICATE, "SSLEOFError": _CERTIFICATE,
    "SMTPNotSupportedError": _CERTIFICATE,
    "SMTPAuthenticationError": _SIGN_IN,
    "SMTPHeloError": msg("The mail server does not accept mails from this portal."),
    "SMTPSenderRefused": msg("The mail server refused the sender's address."),
    "SMTPRecipientsRefused": msg("The mail server refused the recipient's address."),
    "SMTPDataError": msg("The mail server refused the mail."),
    "UnicodeEncodeError": msg("The mail server cannot take an address with such characters."),
}
_OTHER: Final = msg("Sending broke off; the portal's log says why.")


def what_happened(noted: str) -> Message:
    """The sentence for what is kept of the last failed try."""
    return _WORDS.get(noted.partition(" ")[0], _OTHER)
