/**
 * Every sentence with MUST, REQUIRED or SHALL in sections 6 and 7 of RFC 9051, in the order of its text: `6.3.12-4` is the fourth
 * of section 6.3.12. `musts.test.ts` compares the list with that text, the citations in the code and the tests that say `MUST 6.3.12-4`.
 */
export interface Must {
  readonly id: string;
  /** In short and in our words. */
  readonly says: string;
  /** Files below src/ that keep it, each of which cites the section; empty: nothing for a server to keep, and `why`. */
  readonly kept: readonly string[];
  readonly why?: string;
}

function kept(id: string, says: string, ...files: readonly string[]): Must {
  return { id, says, kept: files.map((file) => `serve/imap/${file}.ts`) };
}

/** Binds clients only. */
function client(id: string, says: string): Must {
  return { id, says, kept: [], why: "the client's duty" };
}

const anyState: readonly Must[] = [
  kept('6.1.1-1', 'CAPABILITY answers with CAPABILITY', 'commands/capability'),
  kept('6.1.1-2', 'one such response before the OK, with IMAP4rev2 in it', 'commands/capability'),
  kept('6.1.1-3', 'STARTTLS and LOGINDISABLED in plain text', 'commands/starttls', 'commands/login'),
  kept('6.1.1-4', 'AUTH=PLAIN, with STARTTLS and on TLS from the start', 'commands/authenticate'),
  kept('6.1.3-1', 'LOGOUT answers with BYE', 'commands/logout'),
  kept('6.1.3-2', 'BYE, then the OK, then the end of the connection', 'commands/logout'),
  kept('6.2.1-1', 'STARTTLS is BAD where TLS is on', 'commands/starttls'),
  client('6.2.1-2', 'no command between STARTTLS and the end of the handshake'),
  {
    id: '6.2.1-3',
    says: 'what came behind STARTTLS in plain text is not taken for commands',
    kept: ['serve/imap/commands/starttls.ts', 'net/pump.ts'],
  },
  client('6.2.1-4', 'forget the capabilities from before TLS'),
  kept('6.2.2-1', 'cancelled, or not base64: BAD', 'commands/authenticate'),
  kept('6.2.2-2', 'an initial response is base64', 'commands/authenticate'),
  kept('6.2.2-3', 'and neither quoted nor a literal', 'commands/authenticate'),
  kept('6.2.2-4', 'an empty one is "="', 'commands/authenticate'),
  kept('6.2.2-5', 'one that cannot be decoded: BAD', 'commands/authenticate'),
  {
    id: '6.2.2-6',
    says: 'one for a mechanism that begins with the server: BAD (there is none here)',
    kept: ['serve/imap/commands/authenticate.ts', 'wire/sasl/mechanisms.ts'],
  },
  kept('6.2.2-7', 'AUTHENTICATE, with PLAIN', 'commands/authenticate'),
  kept('6.2.2-8', 'can be set up to take no plain password without TLS', 'commands/authenticate'),
  kept('6.2.2-9', 'works without initial response too', 'commands/authenticate'),
  client('6.2.3-1', 'no LOGIN where others listen'),
  kept('6.2.3-2', 'can be set up to say LOGINDISABLED and refuse LOGIN without TLS', 'commands/login', 'login'),
  client('6.2.3-3', 'no LOGIN after LOGINDISABLED'),
];

const mailboxes: readonly Must[] = [
  kept('6.3.1-1', 'ENABLE ignores what is unknown', 'commands/enable'),
  kept('6.3.1-2', 'and what needs no ENABLE', 'commands/enable'),
  kept('6.3.1-3', 'what it turns on stays on', 'commands/enable'),
  kept('6.3.1-4', 'ENABLED lists what was turned on', 'commands/enable'),
  client('6.3.1-5', 'no ENABLE after SELECT'),
  kept('6.3.1-6', 'the list of capabilities is the same after it', 'commands/enable'),
  kept('6.3.2-1', 'SELECT has its untagged responses', 'select-mailbox'),
  kept('6.3.2-2', 'FLAGS, EXISTS, LIST, and the three OK', 'select-mailbox'),
  kept('6.3.2-3', 'all of them before the tagged OK', 'select-mailbox'),
  kept('6.3.2-4', 'LIST with the name', 'select-mailbox', 'mailbox-attributes'),
  kept('6.3.2-5', 'with its true attributes', 'select-mailbox', 'mailbox-attributes'),
  {
    id: '6.3.2-6',
    says: 'OLDNAME when the name was made normal (names that are not normal do not exist here)',
    kept: ['serve/imap/mailbox-name.ts'],
  },
  kept('6.3.2-7', 'CLOSED when another mailbox was selected', 'select-mailbox'),
  kept('6.3.2-8', 'READ-ONLY for those who may not change it', 'select-mailbox'),
  kept('6.3.3-1', 'EXAMINE has the same responses', 'select-mailbox'),
  kept('6.3.3-2', 'all of them', 'select-mailbox'),
  kept('6.3.3-3', 'and says READ-ONLY', 'select-mailbox'),
  kept('6.3.4-1', 'names that are no Net-Unicode are refused', 'mailbox-name'),
  kept('6.3.4-2', 'LIST, unasked, says \\Subscribed when CREATE subscribed', 'tell-mailboxes'),
  kept('6.3.4-3', 'a delimiter at the end is ignored', 'mailbox-name'),
  {
    id: '6.3.4-4',
    says: 'a mailbox made anew does not use uids again, or has another UIDVALIDITY',
    kept: ['store/operations/create-mailbox.ts'],
  },
  kept('6.3.5-1', 'DELETE leaves what is below', 'commands/delete'),
  kept('6.3.5-2', 'the same by example', 'commands/delete'),
  {
    id: '6.3.5-3',
    says: 'uids are not used again after DELETE and CREATE',
    kept: ['store/operations/create-mailbox.ts'],
  },
  {
    id: '6.3.6-1',
    says: 'RENAME renames what is below',
    kept: ['serve/imap/commands/rename.ts', 'store/operations/rename-mailbox.ts'],
  },
  {
    id: '6.3.6-2',
    says: 'uids are not used again after RENAME and CREATE',
    kept: ['store/operations/create-mailbox.ts'],
  },
  kept('6.3.6-3', 'LIST, unasked, says \\Subscribed where it is', 'tell-mailboxes', 'mailbox-attributes'),
];

const listing: readonly Must[] = [
  kept('6.3.9-1', 'names fit the pattern', 'list-pattern'),
  client('6.3.9-2', 'no guesses about references that are not levels'),
  {
    id: '6.3.9-3',
    says: 'a pattern that is not accepted matches nothing, and the answer is OK',
    kept: ['wire/imap/read-list.ts'],
  },
  kept('6.3.9-4', 'return options add no names', 'list-mailboxes'),
  client('6.3.9-5', 'bear what was not asked for'),
  { id: '6.3.9-6', says: 'all options of the RFC are known', kept: ['wire/imap/read-list.ts'] },
  client('6.3.9-7', 'no options that were not offered'),
  { id: '6.3.9-8', says: 'unknown options are BAD', kept: ['wire/imap/read-list.ts'] },
  { id: '6.3.9-9', says: 'an option twice is that option', kept: ['wire/imap/read-list.ts'] },
  kept('6.3.9.1-1', 'SUBSCRIBED: just those that are, also without a mailbox', 'list-mailboxes'),
  kept('6.3.9.1-2', '\\Subscribed is true', 'list-mailboxes'),
  kept('6.3.9.1-3', '\\Remote is true (no mailbox is)', 'list-mailboxes'),
  { id: '6.3.9.1-4', says: 'RECURSIVEMATCH not alone', kept: ['wire/imap/read-list.ts'] },
  { id: '6.3.9.1-5', says: 'else BAD', kept: ['wire/imap/read-list.ts'] },
  client('6.3.9.1-6', 'bear CHILDINFO of what is gone'),
  kept('6.3.9.2-1', '\\Subscribed is true as a return option', 'list-mailboxes'),
  kept('6.3.9.2-2', 'and so are all other attributes', 'list-mailboxes'),
  kept('6.3.9.2-3', 'LIST, then STATUS', 'commands/list'),
  kept('6.3.9.2-4', 'no STATUS, but \\Noselect, of what cannot be selected', 'commands/list', 'list-mailboxes'),
  client('6.3.9.4-1', 'take what a stronger attribute implies'),
  kept('6.3.9.5-1', '\\HasChildren or \\HasNoChildren', 'list-mailboxes'),
  kept('6.3.9.5-2', 'whatever it costs', 'list-mailboxes'),
  kept('6.3.9.6-1', 'CHILDINFO only after RECURSIVEMATCH', 'list-mailboxes'),
  kept('6.3.10-1', 'NAMESPACE answers with NAMESPACE', 'commands/namespace'),
  client('6.3.10-2', 'bear several namespaces of a kind'),
  kept('6.3.11-1', 'STATUS answers with STATUS', 'commands/status'),
  kept('6.3.11-2', 'of the selected mailbox too', 'commands/status'),
  client('6.3.11-3', 'no STATUS to look for new messages in the selected mailbox'),
  kept('6.3.11-4', 'SIZE is not less than the sum of RFC822.SIZE', 'commands/status'),
  kept('6.3.12-1', '8-bit octets are kept', 'append/append-run'),
  kept('6.3.12-2', 'all or nothing', 'append/append-run'),
  kept('6.3.12-3', 'no mailbox: an error, and none is made', 'append/append-run'),
  kept('6.3.12-4', 'TRYCREATE unless it cannot be made', 'append/append-run', 'session'),
  kept('6.3.12-5', 'no APPENDUID to those who may not select it', 'append/append-run'),
  kept('6.3.13-1', 'FETCH during IDLE has the uid', 'commands/idle', 'tell'),
  kept('6.3.13-2', 'DONE is answered at once', 'commands/idle'),
  client('6.3.13-3', 'no command before DONE'),
];

const messages: readonly Must[] = [
  { id: '6.4.4-1', says: 'unknown result options are BAD', kept: ['wire/imap/read-return.ts'] },
  client('6.4.4-2', 'ignore SEARCH when there is only IMAP4rev2'),
  kept('6.4.4-3', 'nothing found: ESEARCH without MIN', 'search/write-result'),
  kept('6.4.4-4', 'without MAX', 'search/write-result'),
  client('6.4.4-5', 'expect no order'),
  kept('6.4.4-6', 'without ALL', 'search/write-result'),
  kept('6.4.4-7', 'COUNT always', 'search/write-result'),
  kept('6.4.4-8', 'one ESEARCH for all of them', 'search/write-result'),
  { id: '6.4.4-9', says: 'encodings are taken off before text is compared', kept: ['store/text-query.ts'] },
  kept('6.4.4-10', 'US-ASCII and UTF-8 are known', 'search/run-search'),
  kept('6.4.4-11', 'UTF-8 when none is named', 'search/run-search'),
  kept('6.4.4-12', 'an unknown charset is NO', 'search/run-search'),
  kept('6.4.4.1-1', 'a search without SAVE, or BAD, leaves $ as it was', 'search/run-search'),
  kept('6.4.4.1-2', '$ follows what is expunged', 'view'),
  kept('6.4.4.2-1', 'two commands are done in their order', 'conversation'),
  {
    id: '6.4.4.3-1',
    says: 'a result that is not saved: NO with NOTSAVED, $ is empty',
    kept: ['serve/imap/search/run-search.ts'],
    why: 'every result is saved, so NOTSAVED is never said; a search that fails empties $',
  },
  kept('6.4.5-1', 'static items never change', 'fetch/fetch-plan'),
  { id: '6.4.5.1-1', says: 'parts of parts have numbers with dots', kept: ['mime/find-section.ts'] },
  { id: '6.4.5.1-2', says: 'MIME comes after a number', kept: ['wire/imap/read-fetch.ts'] },
  kept('6.4.7-1', 'COPY, no mailbox: an error', 'copy-messages'),
  kept('6.4.7-2', 'none is made', 'copy-messages'),
  kept('6.4.7-3', 'TRYCREATE unless it cannot be made', 'copy-messages', 'session'),
  kept('6.4.7-4', 'all or nothing', 'copy-messages', 'sharing/copy-across'),
  kept('6.4.7-5', 'no COPYUID to those who may not select it', 'copy-messages'),
  kept('6.4.8-1', 'MOVE sets no \\Deleted and says nothing of a STORE', 'copy-messages'),
  kept('6.4.8-2', 'each message is moved or not', 'copy-messages'),
  kept('6.4.8-3', 'and in one of the two mailboxes at least', 'copy-messages'),
  kept('6.4.8-4', 'no mailbox: an error', 'copy-messages'),
  kept('6.4.8-5', 'none is made', 'copy-messages'),
  kept('6.4.8-6', 'TRYCREATE unless it cannot be made', 'copy-messages', 'session'),
  kept('6.4.8-7', 'COPYUID, untagged, before EXPUNGE', 'copy-messages'),
  kept('6.4.9-1', 'ESEARCH of UID SEARCH says UID', 'commands/uid-search'),
  kept('6.4.9-2', 'FETCH caused by a UID command has the uid', 'commands/uid-fetch', 'commands/uid-store'),
  kept('6.5-1', 'commands that are not of the RFC have a capability', 'command'),
  kept('6.5-2', 'nothing new is sent unless it was asked for', 'command', 'tell-mailboxes'),
];

const responses: readonly Must[] = [
  client('7-1', 'accept any response at any time'),
  client('7-2', 'remember certain data'),
  client('7.1-1', 'mark alerts as suspicious'),
  client('7.1-2', 'show alerts that came by TLS'),
  kept('7.1-3', 'APPENDUID of one message has one uid', 'append/append-run'),
  kept('7.1-4', 'not 123:123', 'append/append-run'),
  kept('7.1-5', 'PERMANENTFLAGS without \\* when there can be no more keywords', 'tell', 'flag-text'),
  client('7.1-6', 'ignore unknown codes'),
  client('7.1.4-1', 'leave after PREAUTH without TLS, where TLS is wanted'),
  kept('7.2.2-1', 'IMAP4rev2 is in the list', 'capability'),
  kept('7.2.2-2', 'AUTH=PLAIN, and STARTTLS and LOGINDISABLED in plain text', 'capability'),
  client('7.2.2-3', 'no LOGIN after LOGINDISABLED'),
  kept('7.2.2-4', 'without IMAP4rev1 in it, answers are those of IMAP4rev2', 'login'),
  kept('7.2.2-5', 'with both, those of IMAP4rev1 until the client turns on more', 'capability'),
  client('7.2.2-6', 'ignore unknown capabilities'),
  kept('7.3.1-1', 'only one of \\Marked, \\Unmarked, \\Noselect (the first two are never said)', 'list-mailboxes'),
  kept('7.3.1-2', 'one delimiter in a hierarchy', 'commands/list'),
  kept('7.3.1-3', 'a name is a reference for LIST', 'commands/list'),
  kept('7.3.1-4', 'and, unless \\Noselect or \\NonExistent, can be selected', 'list-mailboxes'),
  { id: '7.3.1-5', says: 'extended items are registered', kept: [], why: 'only CHILDINFO and OLDNAME are sent' },
  client('7.3.1-6', 'ignore unknown extended items'),
  kept('7.3.4-1', 'nothing found: ESEARCH without MIN', 'search/write-result'),
  kept('7.3.4-2', 'without MAX', 'search/write-result'),
  kept('7.3.4-3', 'a set names only what was found', 'search/write-result'),
  client('7.3.4-4', 'expect no order'),
  kept('7.3.4-5', 'without ALL', 'search/write-result'),
  kept('7.3.4-6', 'COUNT always', 'search/write-result'),
  client('7.3.5-1', 'remember FLAGS'),
  client('7.4.1-1', 'remember EXISTS'),
  kept('7.5.1-1', 'no EXPUNGE without a command, nor during FETCH, STORE, SEARCH', 'tell', 'command'),
  client('7.5.1-2', 'remember EXPUNGE'),
  kept('7.5.2-1', 'lines of text in BINARY end with CR LF', 'fetch/decoded-part'),
  kept('7.5.2-2', 'BINARY of an unknown encoding: NO with UNKNOWN-CTE', 'fetch/decoded-part'),
  kept('7.5.2-3', 'BINARY.SIZE is the size of BINARY', 'fetch/decoded-part'),
  kept('7.5.2-4', 'unknown encoding: the same', 'fetch/decoded-part'),
  kept('7.5.2-5', 'an origin only where it was asked for', 'fetch/write-octet-item'),
  {
    id: '7.5.2-6',
    says: 'what is no text comes encoded in BODY[…]',
    kept: ['serve/imap/fetch/write-octet-item.ts'],
    why: 'what came encoded is sent so; a NUL that came without encoding is sent as 80, and as it is by BINARY',
  },
  client('7.5.2-7', 'decode it'),
  { id: '7.5.2-8', says: 'extension data in its order', kept: ['mime/print-body-structure.ts'] },
  client('7.5.2-9', 'bear more of it'),
  { id: '7.5.2-10', says: 'none that is not defined', kept: ['mime/print-body-structure.ts'] },
  { id: '7.5.2-11', says: 'extension data of one part in its order', kept: ['mime/print-body-structure.ts'] },
  kept('7.5.2-12', 'FETCH, unasked, has the uid', 'tell'),
];

export const musts: readonly Must[] = [...anyState, ...mailboxes, ...listing, ...messages, ...responses];
