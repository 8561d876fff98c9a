import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';

/** A client that keeps the results of its searches by what it is told, and nothing else. */
class Keeper {
  /** By tag: uids (of UID commands) or message numbers, in the order of the results. */
  readonly lists = new Map<string, number[]>();
  readonly sorted = new Set<string>();

  hear(text: string): void {
    for (const line of text.split('\r\n')) {
      const expunged = /^\* (\d+) EXPUNGE$/.exec(line);
      if (expunged !== null) this.renumber(Number(expunged[1]));
      const update = /^\* ESEARCH \(TAG "(\w+)"\)(?: UID)? (ADDTO|REMOVEFROM) \((.*)\)$/.exec(line);
      if (update !== null) this.change(update[1] ?? '', update[2] === 'ADDTO', update[3] ?? '');
    }
  }

  private renumber(gone: number): void {
    for (const [tag, list] of this.lists) {
      if (tag.startsWith('u')) continue;
      expect(list).not.toContain(gone);
      this.lists.set(
        tag,
        list.map((number) => (number > gone ? number - 1 : number)),
      );
    }
  }

  private change(tag: string, isAdded: boolean, text: string): void {
    const list = this.lists.get(tag) ?? [];
    const words = text.split(' ');
    for (let i = 0; i < words.length; i += 2) {
      const place = Number(words[i]);
      const numbers = expandSet(words[i + 1] ?? '');
      expect(place > 0).toBe(this.sorted.has(tag));
      if (place === 0 && isAdded) list.push(...numbers);
      else if (place === 0) {
        for (const number of numbers) list.splice(list.indexOf(number), list.includes(number) ? 1 : 0);
        list.sort((a, b) => a - b);
      } else if (isAdded) list.splice(place - 1, 0, ...numbers);
      else expect(list.splice(place - 1, numbers.length)).toEqual(numbers);
    }
    if (!this.sorted.has(tag)) list.sort((a, b) => a - b);
    this.lists.set(tag, list);
  }
}

function expandSet(set: string): number[] {
  return set.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split(':').map(Number);
    return Array.from({ length: last - first + 1 }, (_each, i) => first + i);
  });
}

function resultsOf(said: string): number[] {
  const all = /^\* ESEARCH .* ALL (\S+)/m.exec(said)?.[1];
  return all === undefined ? [] : expandSet(all);
}

const searches = [
  ['u1', 'UID SEARCH RETURN', 'FLAGGED'],
  ['n1', 'SEARCH RETURN', 'OR FLAGGED SUBJECT even'],
  ['n2', 'SORT RETURN', '(SUBJECT) UTF-8 UNSEEN'],
  ['u2', 'UID SORT RETURN', '(REVERSE SUBJECT SIZE) UTF-8 NOT FLAGGED'],
] as const;

const action = fc.oneof(
  fc.record({
    kind: fc.constant('store' as const),
    at: fc.nat(),
    flag: fc.constantFrom('\\Flagged', '\\Seen'),
    set: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('append' as const),
    at: fc.nat(),
    flag: fc.constantFrom('\\Flagged', '\\Seen'),
    set: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('expunge' as const),
    at: fc.nat(),
    flag: fc.constant('\\Deleted'),
    set: fc.constant(true),
  }),
  fc.record({
    kind: fc.constantFrom('noop' as const, 'fetch' as const, 'own' as const),
    at: fc.nat(),
    flag: fc.constant('\\Flagged'),
    set: fc.boolean(),
  }),
);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('a client that keeps its results by ADDTO and REMOVEFROM has what a new search finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 30 }), async (actions) => {
      const actor = await stage.newActor();
      const client = await actor.enter();
      const other = await actor.enter();
      const append = (at: number, flag: string): Promise<string> => {
        const text = `Subject: ${at % 7} ${at % 2 === 0 ? 'even' : 'odd'}\r\n\r\n${'x'.repeat(at % 5)}\r\n`;
        return other.send(`c APPEND INBOX (${flag}) {${text.length}+}\r\n${text}\r\n`);
      };
      for (let i = 0; i < 6; i++) await append(i * 5, i % 2 === 0 ? '\\Flagged' : '');
      await client.send('a SELECT INBOX\r\n');
      await other.send('b SELECT INBOX\r\n');
      const keeper = new Keeper();
      for (const [tag, command, rest] of searches) {
        if (command.includes('SORT')) keeper.sorted.add(tag);
        keeper.lists.set(tag, resultsOf(await client.send(`${tag} ${command} (UPDATE ALL) ${rest}\r\n`)));
      }
      for (const { kind, at, flag, set } of actions) {
        await other.send('b NOOP\r\n');
        if (kind === 'append') await append(at, flag);
        else if (kind === 'noop') keeper.hear(await client.send('a NOOP\r\n'));
        else if (kind === 'fetch') keeper.hear(await client.send('a FETCH 1:* UID\r\n'));
        else if (kind === 'own')
          keeper.hear(await client.send(`a UID STORE ${1 + (at % 9)} ${set ? '+' : '-'}FLAGS.SILENT (${flag})\r\n`));
        else await other.send(`b UID STORE ${1 + (at % 9)} ${set ? '+' : '-'}FLAGS (${flag})\r\n`);
        if (kind === 'expunge') await other.send('b EXPUNGE\r\n');
      }
      keeper.hear(await client.send('a NOOP\r\n'));
      for (const [tag, command, rest] of searches) {
        const found = resultsOf(await client.send(`z ${command} (ALL) ${rest}\r\n`));
        expect(keeper.lists.get(tag)).toEqual(found);
      }
      client.end();
      other.end();
    }),
    { numRuns: 40 },
  );
}, 120_000);
