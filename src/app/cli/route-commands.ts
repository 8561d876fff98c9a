import { configOption } from './command.ts';
import type { CommandSpec } from './command.ts';

const ownerOptions = [
  { name: 'account', value: 'NAME', help: 'of this account' },
  { name: 'domain', value: 'DOMAIN', help: 'of this sender domain' },
];

/** `posthorn config route …` */
export const routeCommands: readonly CommandSpec[] = [
  {
    path: ['config', 'route', 'list'],
    summary: 'Which mail leaves by which transport; the first route that fits counts.',
    details: 'Routes of the account are asked first, then those of the domain in From, then those of posthorn.yaml.',
    options: [...ownerOptions, configOption],
    json: true,
    run: async (input) => (await import('./commands/route.ts')).routeList(input),
  },
  {
    path: ['config', 'route', 'add'],
    args: ['TRANSPORT'],
    summary: 'Let mail of an account or of a sender domain leave by a transport of posthorn.yaml, or by "direct".',
    options: [
      ...ownerOptions,
      { name: 'from', value: 'DOMAIN,…', help: 'only with From in these; ".example.org" takes in all below it' },
      { name: 'to', value: 'DOMAIN,…', help: 'only to recipients in these' },
      { name: 'after-attempts', value: 'N', help: 'only after so many tries by other ways' },
      { name: 'at', value: 'N', help: 'its number in the list (default: the last)' },
      configOption,
    ],
    run: async (input) => (await import('./commands/route.ts')).routeAdd(input),
  },
  {
    path: ['config', 'route', 'rm'],
    args: ['NUMBER'],
    summary: 'Remove a route of an account or domain.',
    options: [...ownerOptions, configOption],
    run: async (input) => (await import('./commands/route.ts')).routeRemove(input),
  },
];
