"""Every refusal of the system, named for what is wrong, with a sentence that a person can act on."""


class Refusal(Exception):
    """Base of all refusals: its text is one sentence that names the file or setting and the remedy."""


class InvalidFindings(Refusal):
    """The findings file is missing or contradicts itself."""


class InvalidSettings(Refusal):
    """A setting has a value that cannot work."""


# Films and batches


class UnreadableRadiograph(Refusal):
    """The bytes are no image that can be decoded whole."""


class NotGivenOut(UnreadableRadiograph):
    """A PACS did not give out a film that it names, and may do so another time."""


class NotARadiograph(Refusal):
    """The file was decoded, and is not one grey radiograph (a colour photograph, an even field, a strip of pixels)."""


class UnreadableTable(Refusal):
    """A metadata table that cannot be read or lacks a column."""


class EmptyInbox(Refusal):
    """The folder to admit holds no file."""


class BatchRefused(Refusal):
    """More of a batch failed its expectations than is tolerated."""


class NoLungMask(Refusal):
    """A preparation that shows the lungs of a film was asked for, and the film has no lung mask that marks any."""


class PacsUnavailable(Refusal):
    """A PACS cannot be reached, or does not let us in."""


class StateUnwritable(Refusal):
    """The state folder cannot be written: its disk is full, or it is read-only."""


class UnknownRecord(Refusal):
    """No film, quarantined row or conflict of that id, or several that begin so."""


class CohortRejected(Refusal):
    """The admitted films cannot make a cohort to train on."""


class CatalogueUnavailable(Refusal):
    """The catalogue's database cannot be opened or written."""


# Networks


class UnknownBackbone(Refusal):
    """No backbone of that name; the nearest names are offered."""


class WeightsUnavailable(Refusal):
    """The pretrained weights asked for cannot be had."""


class WeightsMismatch(Refusal):
    """A weights file belongs to another architecture."""


class UnsupportedHead(Refusal):
    """A head whose gradient has no closed form here."""


class ParityFailed(Refusal):
    """The exported graph does not answer as the network it came from."""


class TrainingDiverged(Refusal):
    """The loss became infinite or undefined."""


class CorruptShard(Refusal):
    """A stored shard does not match its checksum."""


class InvalidBundle(Refusal):
    """A bundle that is missing, incomplete or altered."""


# Evaluation, tracking, serving


class InvalidScores(Refusal):
    """Scores that cannot be judged: not a number, infinite, or not one row per film."""


class InvalidReleaseRule(Refusal):
    """release.yaml has a typo, an unknown key or contradictory limits."""


class TrackingUnavailable(Refusal):
    """The MLflow database cannot be written or reached."""


class PortTaken(Refusal):
    """Another process already listens on a port that is needed."""


class NoChampion(Refusal):
    """No champion has been promoted yet."""


class UnknownModel(Refusal):
    """No registered model of that version or run, or several whose run begins so."""


class UnsignedDecision(Refusal):
    """A decision without the name of who took it, or without a reason."""


class NotHeld(Refusal):
    """The verdict on a model was not to hold it for a person, so there is nothing to approve."""


class VerdictUnreadable(Refusal):
    """The verdict that was written down about a model is gone or altered."""


class NoEarlierChampion(Refusal):
    """There is no champion before this one to go back to."""


class SelfTestFailed(Refusal):
    """A freshly built service did not answer its self-test."""
