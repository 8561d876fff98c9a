/**
 * As test/differential, with new seeds for as long as one likes: COMPARE_MINUTES (10), from COMPARE_SEED on. Also says what
 * differs from Dovecot in the structure of invented and broken mail, by kind: for people to look at, as most of it is a
 * matter of taste. `COMPARE_PEER=port:user:password` is one more server; then what either says is right.
 */
import { expect, test } from 'vitest';
import { readOracle, readVectorMessage } from '../../src/mime/testing/vector-messages.ts';
import { ComparedMailbox, type Difference } from '../differential/compare-mailbox.ts';
import { enterPeer } from '../differential/imap-peer.ts';
import { reasonFor } from '../differential/known-differences.ts';
import { oddMessage } from '../differential/odd-message.ts';
import { enterOwn } from '../differential/own-peer.ts';
import { Remix } from '../differential/remix.ts';
import { startDovecot, whyNoDovecot } from '../interop/dovecot.ts';
import { Chance } from '../model/chance.ts';

const minutes = Number(process.env['COMPARE_MINUTES'] ?? 10);
const [port, user = '', password = ''] = (process.env['COMPARE_PEER'] ?? '').split(':');

test.skipIf(whyNoDovecot() !== undefined)(
  `generated mail against Dovecot for ${minutes} minutes`,
  async () => {
    await using dovecot = await startDovecot();
    const own = await enterOwn();
    const login = { user: 'ann@example.test', password: 'a long password' };
    const peers = [await enterPeer({ name: 'dovecot', port: dovecot.imap, ...login })];
    if (port !== undefined && port !== '')
      peers.push(await enterPeer({ name: 'peer', port: Number(port), user, password }));
    const real = readOracle()
      .filter(({ size }) => size > 0 && size < 20_000)
      .map(({ path }) => readVectorMessage(path).toString('latin1').replaceAll('\0', ' '));
    const remixes = [new Remix(real, true), new Remix(real, false)];
    const kinds = new Map<string, number>();
    const octets: Difference[] = [];
    const end = Date.now() + minutes * 60_000;
    let seed = Number(process.env['COMPARE_SEED'] ?? Date.now() % 1_000_000);
    for (; Date.now() < end; seed++) {
      const chance = new Chance(seed);
      const remix = remixes[seed % 3];
      const messages = Array.from({ length: 100 }, () => remix?.next(chance) ?? oddMessage(chance));
      const mailbox = await ComparedMailbox.fill(
        own,
        peers,
        messages.filter((message) => message !== ''),
      );
      for (const difference of await mailbox.compareMessages()) {
        if (reasonFor(difference) !== undefined) continue;
        const kind = difference.at.replaceAll(/\d+/g, 'n');
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        if (!difference.at.startsWith('.')) octets.push(difference);
      }
    }
    console.log(
      `compared up to seed ${seed}:`,
      [...kinds].toSorted(([, a], [, b]) => b - a),
    );
    for (const peer of peers) peer.close();
    await own.end();
    expect(octets.slice(0, 3)).toEqual([]);
  },
  minutes * 60_000 + 600_000,
);
