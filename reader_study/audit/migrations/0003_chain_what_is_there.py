"""Chains the events of earlier releases in the order in which they were written."""

from dataclasses import replace

from django.db import migrations

from reader_study.audit.chain import (
    ChainedEvent,
    Head,
    chain_of,
    event_mac,
    head_seal,
    key_id_of,
    written_time,
)
from reader_study.audit.keys import current_key

CHUNK = 1000


def chain_events(apps, schema_editor):
    Event = apps.get_model("audit", "Event")
    ChainHead = apps.get_model("audit", "ChainHead")
    events = Event.objects.using(schema_editor.connection.alias)
    if not events.exists():
        return
    key = current_key()
    heads = {}
    chunk = []
    for row in events.select_related("actor").order_by("id").iterator(CHUNK):
        chain = chain_of(row.study_id)
        end = heads.get(chain, Head(0, ""))
        unsigned = ChainedEvent(
            chain=chain,
            sequence=end.sequence + 1,
            at=written_time(row.at),
            actor=row.actor_id,
            actor_name=row.actor.username if row.actor else "",
            action=row.action,
            subject=row.subject,
            detail=row.detail,
            key_id=key_id_of(key),
        )
        event = replace(unsigned, mac=event_mac(key, unsigned, previous=end.mac))
        heads[chain] = Head(event.sequence, event.mac)
        for name in ("chain", "sequence", "actor_name", "key_id", "mac"):
            setattr(row, name, getattr(event, name))
        chunk.append(row)
        if len(chunk) == CHUNK:
            store(events, chunk)
            chunk = []
    store(events, chunk)
    ChainHead.objects.using(schema_editor.connection.alias).bulk_create(
        ChainHead(
            chain=chain,
            sequence=head.sequence,
            mac=head.mac,
            key_id=key_id_of(key),
            seal=head_seal(key, chain, head),
        )
        for chain, head in heads.items()
    )


def store(events, chunk):
    events.bulk_update(
        chunk, ["chain", "sequence", "actor_name", "key_id", "mac"], batch_size=100
    )


def forget_heads(apps, schema_editor):
    apps.get_model("audit", "ChainHead").objects.using(schema_editor.connection.alias).delete()


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain"), ("accounts", "0001_initial")]

    operations = [migrations.RunPython(chain_events, forget_heads)]
