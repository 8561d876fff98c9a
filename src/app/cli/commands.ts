/** Every command: the table behind dispatch, help and usage. Modules are loaded when a command runs. */
import { configOption } from './command.ts';
import type { CommandSpec } from './command.ts';
import { queueCommands } from './queue-commands.ts';
import { routeCommands } from './route-commands.ts';

const passwordStdin = {
  name: 'password-stdin',
  help: 'the first line of standard input is the password; otherwise one is made and printed',
};
const aliasFlags = [
  { name: 'post-public', negatable: true, help: 'others than members may write to it' },
  { name: 'list-members', negatable: true, help: 'members may see who else is one' },
  { name: 'allow-msg-from', negatable: true, help: 'members may send with it as From' },
];

const domainCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'domain', 'add'],
    args: ['DOMAIN'],
    summary: 'Add a domain.',
    options: [{ name: 'reports-only', help: 'only to receive reports: no addresses, no mail' }, configOption],
    run: async (input) => (await import('./commands/domain.ts')).domainAdd(input),
  },
  {
    path: ['config', 'domain', 'rm'],
    args: ['DOMAIN'],
    summary: 'Remove a domain that has no addresses.',
    options: [configOption],
    run: async (input) => (await import('./commands/domain.ts')).domainRemove(input),
  },
  {
    path: ['config', 'domain', 'disable'],
    args: ['DOMAIN'],
    summary: 'Refuse mail to and from a domain for the time being.',
    options: [configOption],
    run: async (input) => (await import('./commands/domain.ts')).domainDisable(input),
  },
  {
    path: ['config', 'domain', 'enable'],
    args: ['DOMAIN'],
    summary: 'End that.',
    options: [configOption],
    run: async (input) => (await import('./commands/domain.ts')).domainEnable(input),
  },
  {
    path: ['config', 'domain', 'list'],
    summary: 'List domains.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/domain.ts')).domainList(input),
  },
  {
    path: ['config', 'domain', 'show'],
    args: ['DOMAIN'],
    summary: 'A domain with its settings, addresses and aliases.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/domain.ts')).domainShow(input),
  },
  {
    path: ['config', 'domain', 'set'],
    args: ['DOMAIN', 'KEY=VALUE…'],
    summary: 'Change settings of a domain.',
    details: `localpart-case-sensitive=true|false   is Bob@ another address than bob@? (default false)
catchall-separators=LIST             bob+x@ is bob@ where + is one; several with commas, none when empty (default +)`,
    options: [configOption],
    run: async (input) => (await import('./commands/domain.ts')).domainSet(input),
  },
];

const dkimCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'dkim', 'list'],
    args: ['DOMAIN'],
    summary: 'Keys that sign mail of a domain, with the records that the DNS must have.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/dkim.ts')).dkimList(input),
  },
  {
    path: ['config', 'dkim', 'add'],
    args: ['DOMAIN'],
    summary: 'Make new keys, one of each algorithm; they sign nothing before "rotate".',
    options: [
      { name: 'algorithm', value: 'NAME', help: 'only this one: rsa-2048 or ed25519' },
      { name: 'selector', value: 'NAME', help: 'name of the one key (default: of algorithm and day)' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/dkim.ts')).dkimAdd(input),
  },
  {
    path: ['config', 'dkim', 'rotate'],
    args: ['DOMAIN'],
    summary: 'Let the keys that wait sign in place of those that did.',
    details: 'A new domain gets keys that sign at once; publish them ("list") before it sends its first mail.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/dkim.ts')).dkimRotate(input),
  },
  {
    path: ['config', 'dkim', 'retire'],
    args: ['DOMAIN', 'SELECTOR'],
    summary: 'Let a key sign no more; forget one that does not sign.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/dkim.ts')).dkimRetire(input),
  },
];

const accountCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'account', 'add'],
    args: ['NAME', 'ADDRESS'],
    summary: 'Add an account with its first address.',
    options: [passwordStdin, configOption],
    json: true,
    run: async (input) => (await import('./commands/account.ts')).accountAdd(input),
  },
  {
    path: ['config', 'account', 'rm'],
    args: ['NAME'],
    summary: 'Remove an account, its addresses and all its mail.',
    options: [configOption],
    run: async (input) => (await import('./commands/account.ts')).accountRemove(input),
  },
  {
    path: ['config', 'account', 'list'],
    summary: 'List accounts.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/account.ts')).accountList(input),
  },
  {
    path: ['config', 'account', 'show'],
    args: ['NAME'],
    summary: 'An account with its addresses, aliases and TLS public keys.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/account.ts')).accountShow(input),
  },
  {
    path: ['config', 'account', 'passwd'],
    args: ['NAME'],
    summary: 'Set a new password.',
    options: [passwordStdin, configOption],
    json: true,
    run: async (input) => (await import('./commands/account.ts')).accountPassword(input),
  },
  {
    path: ['config', 'account', 'set'],
    args: ['NAME', 'KEY=VALUE…'],
    summary: 'Change settings of an account.',
    details: `quota=BYTES                       octets that its mail may take; no limit when empty
main-password=web-only|anywhere   may programs log in with it, or only with app passwords, keys and tokens?
hidden-capabilities=NAME,…        of IMAP, for programs that misuse them: not told, and refused; none when empty
unique-return-paths=true|false    a return path of its own for each recipient, so that bounces find their message
copy-sent=true|false              file what it sends in Sent, unless the client does
recipients-per-day=N              that it may send to in 24 hours; as the server has it when empty
new-recipients-per-day=N          of those, addresses that it never wrote to before`,
    options: [configOption],
    run: async (input) => (await import('./commands/account.ts')).accountSet(input),
  },
  {
    path: ['config', 'account', 'disable'],
    args: ['NAME'],
    summary: 'Refuse logins; mail still arrives.',
    options: [{ name: 'message', value: 'TEXT', help: 'what the user is told' }, configOption],
    run: async (input) => (await import('./commands/account.ts')).accountDisable(input),
  },
  {
    path: ['config', 'account', 'enable'],
    args: ['NAME'],
    summary: 'Allow logins again.',
    options: [configOption],
    run: async (input) => (await import('./commands/account.ts')).accountEnable(input),
  },
  {
    path: ['account', 'logins'],
    args: ['ACCOUNT'],
    summary: 'Who logged in or tried to, of the last 30 days; the latest first. "-" is for logins that nobody has.',
    options: [
      { name: 'limit', value: 'N', help: 'rows to show (default 100); equal attempts of a day are one' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/account-logins.ts')).accountLogins(input),
  },
  {
    path: ['account', 'app-password', 'add'],
    args: ['ACCOUNT', 'NAME'],
    summary: 'Make a password for one program or device; it is shown this once.',
    options: [
      { name: 'protocols', value: 'LIST', help: 'what it is for, with commas: imap, pop3, submission (default: all)' },
      { name: 'expires', value: 'WHEN', help: 'last day (2030-12-31, UTC), or in how many days (90d); default: never' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/app-password.ts')).appPasswordAdd(input),
  },
  {
    path: ['account', 'app-password', 'list'],
    args: ['ACCOUNT'],
    summary: 'List the app passwords of an account.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/app-password.ts')).appPasswordList(input),
  },
  {
    path: ['account', 'app-password', 'rm'],
    args: ['ACCOUNT', 'NAME'],
    summary: 'Take an app password back; what is logged in with it is closed at once.',
    options: [configOption],
    run: async (input) => (await import('./commands/app-password.ts')).appPasswordRemove(input),
  },
];

const addressCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'address', 'add'],
    args: ['ADDRESS', 'ACCOUNT'],
    summary: 'Add an address to an account; "@example.org" is the catchall of the domain.',
    options: [{ name: 'mailbox', value: 'NAME', help: 'where its mail is filed (default INBOX)' }, configOption],
    run: async (input) => (await import('./commands/address.ts')).addressAdd(input),
  },
  {
    path: ['config', 'address', 'rm'],
    args: ['ADDRESS'],
    summary: 'Remove an address.',
    options: [configOption],
    run: async (input) => (await import('./commands/address.ts')).addressRemove(input),
  },
  {
    path: ['config', 'address', 'list'],
    summary: 'List addresses and their accounts.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/address.ts')).addressList(input),
  },
];

const aliasCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'alias', 'add'],
    args: ['ALIAS', 'MEMBER…'],
    summary: 'Add an address that leads to several.',
    options: [...aliasFlags, configOption],
    run: async (input) => (await import('./commands/alias.ts')).aliasAdd(input),
  },
  {
    path: ['config', 'alias', 'set'],
    args: ['ALIAS'],
    summary: 'Change settings of an alias.',
    options: [...aliasFlags, configOption],
    run: async (input) => (await import('./commands/alias.ts')).aliasSet(input),
  },
  {
    path: ['config', 'alias', 'add-member'],
    args: ['ALIAS', 'MEMBER…'],
    summary: 'Add members to an alias.',
    options: [configOption],
    run: async (input) => (await import('./commands/alias.ts')).aliasAddMember(input),
  },
  {
    path: ['config', 'alias', 'rm-member'],
    args: ['ALIAS', 'MEMBER…'],
    summary: 'Remove members from an alias.',
    options: [configOption],
    run: async (input) => (await import('./commands/alias.ts')).aliasRemoveMember(input),
  },
  {
    path: ['config', 'alias', 'rm'],
    args: ['ALIAS'],
    summary: 'Remove an alias.',
    options: [configOption],
    run: async (input) => (await import('./commands/alias.ts')).aliasRemove(input),
  },
  {
    path: ['config', 'alias', 'list'],
    summary: 'List aliases and their members.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/alias.ts')).aliasList(input),
  },
  {
    path: ['config', 'alias', 'show'],
    args: ['ALIAS'],
    summary: 'An alias with its settings and members.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/alias.ts')).aliasShow(input),
  },
];

const tlspubkeyCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'tlspubkey', 'add'],
    args: ['ADDRESS'],
    summary: 'Let a client certificate log in; the certificate is read from standard input, PEM or DER.',
    options: [
      { name: 'name', value: 'TEXT', help: 'what to call it (default: common name or serial number)' },
      {
        name: 'imap-preauth',
        negatable: true,
        help: 'logged in at once on IMAP with TLS (default), or only by AUTHENTICATE',
      },
      configOption,
    ],
    run: async (input) => (await import('./commands/tlspubkey.ts')).tlspubkeyAdd(input),
  },
  {
    path: ['config', 'tlspubkey', 'gen'],
    args: ['ADDRESS', 'FILESTEM'],
    summary: 'Make a key and a certificate for a client, and let them log in; prints the fingerprint.',
    details: `Writes FILESTEM.key.pem, FILESTEM.certificate.pem, FILESTEM.pem with both, and FILESTEM.p12 (PKCS#12) with a password that is
told this once, all readable by their owner alone; with --type ed25519 also FILESTEM.seed. How programs take them is told on standard
error, the fingerprint on standard output.`,
    options: [
      { name: 'type', value: 'TYPE', help: 'ecdsa (P-256, default) or ed25519' },
      { name: 'legacy-p12', help: 'PKCS#12 with Triple DES and SHA-1, for systems from before 2024' },
      { name: 'name', value: 'TEXT', help: 'what to call it (default: the address)' },
      {
        name: 'imap-preauth',
        negatable: true,
        help: 'logged in at once on IMAP with TLS (default), or only by AUTHENTICATE',
      },
      configOption,
    ],
    run: async (input) => (await import('./commands/tlspubkey-gen.ts')).tlspubkeyGenerate(input),
  },
  {
    path: ['config', 'tlspubkey', 'list'],
    args: ['[ACCOUNT]'],
    summary: 'List TLS public keys.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/tlspubkey.ts')).tlspubkeyList(input),
  },
  {
    path: ['config', 'tlspubkey', 'show'],
    args: ['FINGERPRINT'],
    summary: 'One TLS public key.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/tlspubkey.ts')).tlspubkeyShow(input),
  },
  {
    path: ['config', 'tlspubkey', 'rm'],
    args: ['FINGERPRINT'],
    summary: 'Remove a TLS public key.',
    options: [configOption],
    run: async (input) => (await import('./commands/tlspubkey.ts')).tlspubkeyRemove(input),
  },
];

const configCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'check'],
    summary: 'Check the configuration file, the certificate and the directory.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/config.ts')).configCheck(input),
  },
  {
    path: ['config', 'describe'],
    summary: 'Every key of posthorn.yaml with its default and meaning.',
    json: true,
    run: async (input) => (await import('./commands/config.ts')).configDescribe(input),
  },
  {
    path: ['config', 'schema'],
    summary: 'JSON Schema of posthorn.yaml, for editors.',
    json: true,
    run: async (input) => (await import('./commands/config.ts')).configSchema(input),
  },
  {
    path: ['config', 'export'],
    summary: 'The directory as one YAML document, without passwords and private keys.',
    options: [
      { name: 'with-credentials', help: 'with the hashes of passwords and the private keys of DKIM' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/config.ts')).configExport(input),
  },
  {
    path: ['config', 'apply'],
    args: ['FILE'],
    summary: 'Make the directory what a YAML document says, in one step or not at all.',
    details: `domains:
  example.org: { catchall-separators: ["+"], localpart-case-sensitive: false, reports-only: false, disabled: false }
accounts:
  alice:
    addresses: [alice@example.org, "@example.org", { address: lists@example.org, mailbox: Lists }]
    password: …             # or credential: from "config export --with-credentials"
    mailboxes: standard     # of a new account; minimal: only INBOX
    quota: 1000000000       # octets
    main-password: web-only # programs need app passwords; default: anywhere
    hidden-capabilities: [CONDSTORE, QRESYNC] # of IMAP, for programs that misuse them
    unique-return-paths: false
    copy-sent: false
    recipients-per-day: 1000
    new-recipients-per-day: 200
    login-disabled: …       # text for the user
aliases:
  team@example.org: { members: [alice@example.org], post-public: true, list-members: false, allow-msg-from: false }
postmaster: alice

What the document has is created or updated; keys left out get their defaults, addresses and passwords left out stay.
What it does not have stays too, unless --prune. An account's list of addresses is whole.`,
    options: [
      { name: 'dry-run', help: 'only tell what would change' },
      { name: 'prune', help: 'remove domains, accounts with their mail, and aliases that the document does not have' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/config.ts')).configApply(input),
  },
  {
    path: ['config', 'settings', 'show'],
    summary: 'Settings of the whole server.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/config.ts')).settingsShow(input),
  },
  {
    path: ['config', 'settings', 'set'],
    args: ['KEY=VALUE…'],
    summary: 'Change settings of the whole server.',
    details: 'postmaster=ACCOUNT   who gets mail for postmaster where no address says otherwise',
    options: [configOption],
    run: async (input) => (await import('./commands/config.ts')).settingsSet(input),
  },
];

export const commands: readonly CommandSpec[] = [
  {
    path: ['serve'],
    summary: 'Run the server of a configuration.',
    details: 'SIGTERM and SIGINT finish what is under way; SIGHUP reads configuration and certificates again.',
    options: [configOption],
    run: async (input) => (await import('./commands/serve.ts')).runServe(input),
  },
  {
    path: ['localserve'],
    summary: 'Run a whole server on this machine, for trying it and for tests: nothing to configure, nothing leaves.',
    options: [
      { name: 'dir', value: 'DIR', help: 'where its data is (default: a folder of yours, printed)' },
      { name: 'ip', value: 'IP', help: 'address to listen on (default 127.0.0.1)' },
      { name: 'port-offset', value: 'N', help: 'added to the well-known ports (default 1000)' },
    ],
    run: async (input) => (await import('./commands/serve.ts')).runLocalserve(input),
  },
  ...configCommands,
  ...domainCommands,
  ...dkimCommands,
  ...accountCommands,
  ...addressCommands,
  ...aliasCommands,
  ...tlspubkeyCommands,
  ...routeCommands,
  ...queueCommands,
  {
    path: ['quickstart'],
    args: ['ADDRESS'],
    summary: 'Write a configuration and make the first domain and account; tells what to set in DNS.',
    options: [
      { name: 'hostname', value: 'NAME', help: 'of this server (default: mail. and the domain of the address)' },
      { name: 'config', value: 'FILE', help: 'the configuration to write (default ./posthorn.yaml)' },
    ],
    json: true,
    run: async (input) => (await import('./commands/quickstart.ts')).runQuickstart(input),
  },
  {
    path: ['sendmail'],
    args: ['[RECIPIENT…]'],
    summary: 'Hand one message to a server, for programs that call /usr/sbin/sendmail.',
    runWords: async (words, io) => (await import('./sendmail/run-sendmail.ts')).runSendmail(words, io),
  },
  {
    path: ['verify'],
    summary: 'Check every invariant of the store; changes nothing.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/store.ts')).verify(input),
  },
  {
    path: ['repair'],
    summary: 'Rebuild what can be derived; the server must be stopped.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/store.ts')).repair(input),
  },
  {
    path: ['version'],
    summary: 'Version of posthorn.',
    json: true,
    run: async (input) => (await import('./commands/version.ts')).version(input),
  },
];
