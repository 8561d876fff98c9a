/** The mailbox of `imap-oracle/search-sort-thread.json` in ../shared/vectors, and what two reference servers say of it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ScriptedConnection } from './scripted-connection.ts';

interface Oracle {
  readonly mailbox: readonly {
    readonly path: string;
    readonly flags: readonly string[];
    readonly internaldate: string;
  }[];
  readonly agreed: Readonly<Record<string, readonly number[]>>;
  readonly disputed: Readonly<Record<string, { readonly a: readonly number[]; readonly b: readonly number[] }>>;
}

const vectors = join(import.meta.dirname, '../../../shared/vectors');
const file = join(vectors, 'imap-oracle/search-sort-thread.json');

/** False without ../shared: then `readOracle` is empty. */
export const hasOracle = existsSync(file);

export function readOracle(): Oracle {
  return hasOracle ? (JSON.parse(readFileSync(file, 'utf8')) as Oracle) : { mailbox: [], agreed: {}, disputed: {} };
}

/** Appends all messages of the oracle to INBOX, in its order, and selects it. */
export async function fillInbox(client: ScriptedConnection<unknown>, { mailbox }: Oracle): Promise<void> {
  for (const { path, flags, internaldate } of mailbox) {
    const octets = toMessage(readFileSync(join(vectors, path)));
    const head = `a APPEND INBOX (${flags.join(' ')}) "${internaldate.padStart(26)}" {${octets.length}+}\r\n`;
    const said = await client.send(Buffer.concat([Buffer.from(head), octets, Buffer.from('\r\n')]));
    expect([path, said]).toEqual([path, expect.stringMatching(/^a OK/)]);
  }
  await client.send('s SELECT INBOX\r\n');
}

/** As the oracle's messages were made: no mbox line, CRLF at the end of lines. */
function toMessage(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/^From .*\n/, '');
  return Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}
