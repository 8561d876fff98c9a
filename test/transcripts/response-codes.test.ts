import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/serve/imap/command-table.ts';

const sources = join(import.meta.dirname, '../../src/serve/imap');
const folder = join(import.meta.dirname, 'imap');

/** Codes and commands that no transcript can show, and the test that does. */
const shownElsewhere: ReadonlyMap<string, string> = new Map([
  ['SERVERBUG', 'test/transcripts/imap-pipelined-append.test.ts'],
  ['INPROGRESS', 'src/serve/imap/progress.test.ts'],
  ['URLMECH', 'test/transcripts/imap-urlauth.test.ts'],
  ['RESETKEY', 'test/transcripts/imap-urlauth.test.ts'],
  ['GENURLAUTH', 'test/transcripts/imap-urlauth.test.ts'],
  ['URLFETCH', 'test/transcripts/imap-urlauth.test.ts'],
]);

/** Codes of RFC 9051 section 7.1 and of the IANA registry that are never said, and why. */
const neverSaid: ReadonlyMap<string, string> = new Map([
  ['ANNOTATE', 'ANNOTATE is not offered'],
  ['ANNOTATIONS', 'ANNOTATE is not offered'],
  ['BADCOMPARATOR', 'COMPARATOR is not offered'],
  ['BADLEXERS', 'not an extension that is offered'],
  ['CONTACTADMIN', 'nothing needs one that a client could say'],
  ['CORRUPTION', 'what is damaged is a fault of the server: SERVERBUG'],
  ['CONVERT', 'CONVERT is not offered'],
  ['EXPIRED', 'passwords do not expire; tokens that did are AUTHENTICATIONFAILED'],
  ['INUSE', 'everything can be shared'],
  ['JMAPACCESS', 'there is no JMAP yet'],
  ['MAXCONVERTMESSAGES', 'CONVERT is not offered'],
  ['MAXCONVERTPARTS', 'CONVERT is not offered'],
  ['NEWNAME', 'obsolete'],
  ['NOMODSEQ', 'every mailbox has modseqs'],
  ['NOTSAVED', 'every result is saved'],
  ['PARSE', 'what cannot be parsed is told as far as it can'],
  ['REFERRAL', 'there is no other server'],
  ['TEMPFAIL', 'CONVERT and ANNOTATE are not offered'],
  ['UIDNOTSTICKY', 'uids last'],
]);

/** All that are registered. */
const registered = (
  'ALERT ALREADYEXISTS ANNOTATE ANNOTATIONS APPENDUID AUTHENTICATIONFAILED AUTHORIZATIONFAILED BADCHARSET BADCOMPARATOR BADEVENT ' +
  'BADURL CANNOT CAPABILITY CLIENTBUG CLOSED COMPRESSIONACTIVE CONTACTADMIN COPYUID CORRUPTION EXPIRED EXPUNGEISSUED HASCHILDREN ' +
  'HIGHESTMODSEQ INPROGRESS INUSE LIMIT MAILBOXID MAXCONVERTMESSAGES MAXCONVERTPARTS MESSAGELIMIT METADATA MODIFIED NEWNAME NOMODSEQ ' +
  'NONEXISTENT NOPERM NOTIFICATIONOVERFLOW NOTSAVED NOUPDATE OVERQUOTA PARSE PERMANENTFLAGS PRIVACYREQUIRED READ-ONLY READ-WRITE ' +
  'REFERRAL SERVERBUG TEMPFAIL TOOBIG TOOFEW TRYCREATE UIDNEXT UIDNOTSTICKY UIDREQUIRED UIDVALIDITY UNAVAILABLE UNDEFINED-FILTER UNKNOWN-CTE ' +
  'UNSEEN URLMECH USEATTR'
).split(' ');

/** The ways in which the source names a response code. */
const patterns: readonly RegExp[] = [
  /new (?:No|Bad|Bye)\((?:'[^']*'|`[^`]*`|[^,;]*),\s*[`']([A-Z][A-Z0-9-]+)/g,
  /\b(?:OK|NO|BAD|BYE|PREAUTH) \[([A-Z][A-Z0-9-]+)[ \]]/g,
  /\bcode: [`']([A-Z][A-Z0-9-]+)/g,
  /[`']([A-Z]{3,}(?:UID|URL)) /g,
  /(?:bye|stop|answerBad)\([^;]*?'([A-Z]{5,})'\)/g,
];

function sourceFiles(): readonly string[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(sources, name), 'utf8'));
}

function codesOfTheSource(): Set<string> {
  const codes = new Set<string>();
  for (const text of sourceFiles()) {
    for (const pattern of patterns) for (const [, code = ''] of text.matchAll(pattern)) codes.add(code);
  }
  return codes;
}

function transcripts(): readonly (readonly string[])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}

/** How each command was answered: `NOOP OK`, `UID FETCH BAD`. */
/** What is said of a command that may not be used now, or cannot be read. */
const kindsOfBad: ReadonlyMap<RegExp, string> = new Map([
  [/^(?:log in first|select a mailbox first|not after login)$/, 'in a wrong state'],
  [/^[A-Z ]+: expected /, 'with wrong arguments'],
]);

function answers(lines: readonly string[]): Set<string> {
  const named = new Map<string, string>();
  const found = new Set<string>();
  for (const line of lines) {
    const client = /^C(\d?): (\S+) ((?:UID )?[a-z]+)/i.exec(line);
    if (client !== null) named.set(`${client[1]} ${client[2]}`, (client[3] ?? '').toUpperCase());
    const server = /^S(\d?): (\S+) (OK|NO|BAD) (.*)$/.exec(line);
    const name = server && named.get(`${server[1]} ${server[2]}`);
    if (!name) continue;
    found.add(`${name} ${server?.[3]}`);
    for (const [said, kind] of kindsOfBad) if (said.test(server?.[4] ?? '')) found.add(`${name} ${kind}`);
  }
  return found;
}

describe('what the transcripts of IMAP show', () => {
  test('every response code that the source can send', () => {
    const codes = codesOfTheSource();
    expect(codes.size).toBeGreaterThan(40);
    const shown = new Set<string>(shownElsewhere.keys());
    for (const line of transcripts().flat()) {
      const code = /^S\d?: \S+ (?:OK|NO|BAD|BYE|PREAUTH) \[([A-Z0-9-]+)/.exec(line)?.[1];
      if (code !== undefined) shown.add(code);
    }
    expect([...codes].filter((code) => !shown.has(code))).toEqual([]);
  });

  test('what is shown elsewhere is', () => {
    for (const [name, path] of shownElsewhere) {
      expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toContain(name);
    }
  });

  test('every command, done and refused', () => {
    const found = new Set(transcripts().flatMap((lines) => [...answers(lines)]));
    const missing: string[] = [];
    for (const { name } of commands.filter(({ name }) => !shownElsewhere.has(name))) {
      if (!found.has(`${name} OK`)) missing.push(`${name} OK`);
      if (!found.has(`${name} NO`) && !found.has(`${name} BAD`)) missing.push(`${name} refused`);
    }
    expect(missing).toEqual([]);
  });

  test('every command with wrong arguments, and in a state where it may not be used (every-command.txt)', () => {
    const found = new Set(transcripts().flatMap((lines) => [...answers(lines)]));
    const missing: string[] = [];
    for (const { name, states } of commands) {
      if (!found.has(`${name} with wrong arguments`)) missing.push(`${name} with wrong arguments`);
      if (states.length < 3 && !found.has(`${name} in a wrong state`)) missing.push(`${name} in a wrong state`);
    }
    expect(missing).toEqual([]);
  });

  test('every code that is registered is said or has a reason not to be, and only those are said', () => {
    const codes = codesOfTheSource();
    for (const name of shownElsewhere.keys()) if (registered.includes(name)) codes.add(name);
    expect(registered.filter((code) => !codes.has(code) && !neverSaid.has(code))).toEqual([]);
    expect([...neverSaid.keys()].filter((code) => codes.has(code))).toEqual([]);
    expect([...codes].filter((code) => !registered.includes(code)).sort()).toEqual([]);
  });
});
