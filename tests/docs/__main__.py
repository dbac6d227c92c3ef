"""Writes what is made from the program into README and docs."""

from tests.docs.blocks import write_block
from tests.docs.readme import README, exchange
from tests.docs.record_tables import RECORD, record_reference
from tests.docs.reference import REFERENCE, command_reference, setting_reference

write_block(README, "exchange", exchange())
write_block(REFERENCE, "commands", command_reference())
write_block(REFERENCE, "settings", setting_reference())
write_block(RECORD, "tables", record_reference())
