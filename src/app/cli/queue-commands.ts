/** The commands about mail that leaves. */
import { configOption } from './command.ts';
import type { CommandSpec, OptionSpec } from './command.ts';

const filterOptions: readonly OptionSpec[] = [
  { name: 'account', value: 'NAME', help: 'sent by this account' },
  { name: 'from', value: 'ADDRESS', help: 'return path, or @DOMAIN' },
  { name: 'to', value: 'ADDRESS', help: 'recipient, or @DOMAIN' },
  { name: 'held', negatable: true, help: 'held, or not held' },
  { name: 'older', value: 'HOURS', help: 'in the queue for longer' },
];
const allOption: OptionSpec = { name: 'all', help: 'every entry of the queue' };

const which =
  'Which: by ID, by options (all that are given must fit), or --all. What is being tried at this moment is left alone.';

function editCommand(what: 'kick' | 'hold' | 'release' | 'fail' | 'drop', summary: string): CommandSpec {
  return {
    path: ['queue', what],
    args: ['[ID…]'],
    summary,
    details: which,
    options: [...filterOptions, allOption, configOption],
    json: true,
    run: async (input) => (await import('./commands/queue.ts')).queueEdit(input, what),
  };
}

export const queueCommands: readonly CommandSpec[] = [
  {
    path: ['queue', 'list'],
    summary: 'Mail that waits to leave: an entry for each recipient.',
    options: [
      ...filterOptions,
      { name: 'after', value: 'ID', help: 'those after this one' },
      { name: 'limit', value: 'N', help: 'at most so many (default 1000)' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/queue.ts')).queueList(input),
  },
  {
    path: ['queue', 'sources'],
    summary: 'The addresses that mail leaves from, and how far those are that warm up.',
    details: 'Addresses and plans are in posthorn.yaml, under relay: sources. Days begin at midnight UTC.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/queue-sources.ts')).queueSources(input),
  },
  {
    path: ['queue', 'show'],
    args: ['ID'],
    summary: 'One entry.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/queue.ts')).queueShow(input),
  },
  {
    path: ['queue', 'history'],
    summary: 'What has left the queue, the newest first: delivered or not, and how it ended.',
    options: [
      ...filterOptions.filter(({ name }) => ['account', 'from', 'to'].includes(name)),
      { name: 'result', value: 'HOW', help: 'delivered, failed, expired, given-up, suppressed or dropped' },
      { name: 'since', value: 'HOURS', help: 'ended in the last hours' },
      { name: 'before', value: 'TIME', help: 'ended before this moment (2026-11-24T15:00:00Z)' },
      { name: 'limit', value: 'N', help: 'at most so many (default 1000)' },
      configOption,
    ],
    json: true,
    run: async (input) => (await import('./commands/queue-history.ts')).queueHistory(input),
  },
  {
    path: ['explain'],
    args: ['ID'],
    summary: 'What became of an entry of the queue, or why it still waits: the story of each try.',
    details: 'ID: of an entry of the queue, or the Message-ID of a message, for all of its recipients.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/queue-history.ts')).explain(input),
  },
  editCommand('kick', 'Try entries now.'),
  editCommand('hold', 'Do not try entries until they are released.'),
  editCommand('release', 'End that.'),
  editCommand('fail', 'Give entries up; their senders are told.'),
  editCommand('drop', 'Remove entries; nobody is told.'),
  {
    path: ['queue', 'pause'],
    args: ['DOMAIN'],
    summary: 'Try nothing at a destination until it is resumed.',
    options: [{ name: 'reason', value: 'TEXT', help: 'why, for others who look' }, configOption],
    run: async (input) => (await import('./commands/queue-rules.ts')).queuePause(input),
  },
  {
    path: ['queue', 'resume'],
    args: ['DOMAIN'],
    summary: 'End that.',
    options: [configOption],
    run: async (input) => (await import('./commands/queue-rules.ts')).queueResume(input),
  },
  {
    path: ['queue', 'rules'],
    summary: 'Destinations that are paused, and rules that hold mail.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/queue-rules.ts')).queueRules(input),
  },
  {
    path: ['queue', 'holdrule', 'add'],
    summary: 'Hold mail that fits all that is given, also what is in the queue already; without options all of it.',
    options: [
      { name: 'account', value: 'NAME', help: 'sent by this account' },
      { name: 'from', value: 'DOMAIN', help: 'domain of the header field From' },
      { name: 'to', value: 'DOMAIN', help: 'domain of the recipient' },
      configOption,
    ],
    run: async (input) => (await import('./commands/queue-rules.ts')).holdRuleAdd(input),
  },
  {
    path: ['queue', 'holdrule', 'rm'],
    args: ['NUMBER'],
    summary: 'Remove such a rule; what it held stays held.',
    options: [configOption],
    run: async (input) => (await import('./commands/queue-rules.ts')).holdRuleRemove(input),
  },
  {
    path: ['queue', 'suppress', 'add'],
    args: ['ACCOUNT', 'ADDRESS'],
    summary: 'An account shall not send to an address; variants with dots, +detail and -detail count as the same.',
    options: [
      { name: 'reason', value: 'TEXT', help: 'why' },
      { name: 'days', value: 'N', help: 'for so long (default: for ever)' },
      configOption,
    ],
    run: async (input) => (await import('./commands/queue-rules.ts')).suppressAdd(input),
  },
  {
    path: ['queue', 'suppress', 'rm'],
    args: ['ACCOUNT', 'ADDRESS'],
    summary: 'It may again.',
    options: [configOption],
    run: async (input) => (await import('./commands/queue-rules.ts')).suppressRemove(input),
  },
  {
    path: ['queue', 'suppress', 'list'],
    args: ['ACCOUNT'],
    summary: 'Addresses that an account does not send to, because they were refused for good or by hand.',
    options: [configOption],
    json: true,
    run: async (input) => (await import('./commands/queue-rules.ts')).suppressList(input),
  },
];
