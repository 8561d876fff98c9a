import type { AccountFacts, DomainFacts, RouteFacts } from '../../../directory/facts.ts';
import { routeFacts } from '../../../directory/facts.ts';
import type { DirectoryOperation } from '../../../directory/decide-operation.ts';
import type { Administration } from '../../administration.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { configOf } from '../config-of.ts';
import { withAdministration } from '../with-administration.ts';

type RouteAdd = Extract<DirectoryOperation, { do: 'route-add' }>;
type Owner = Pick<RouteAdd, 'account' | 'domain'>;

/** Whose a route is, and which number it has there. */
interface ListedRoute extends RouteFacts {
  readonly scope: 'account' | 'domain' | 'server';
  /** Of the account or domain. */
  readonly name: string | null;
  readonly number: number;
}

export async function routeAdd(input: CommandInput): Promise<void> {
  const [transport = ''] = input.args;
  const attempts = input.text('after-attempts');
  const at = input.text('at');
  const route = {
    from: listOf(input.text('from')),
    to: listOf(input.text('to')),
    minimumAttempts: attempts === undefined ? 0 : numberOf(attempts, '--after-attempts'),
    transport,
  };
  const operation: RouteAdd = {
    ...({ do: 'route-add', ...ownerOf(input), route } as const),
    ...(at === undefined ? {} : { at: numberOf(at, '--at') }),
  };
  await withAdministration(input, (each) => each.edit(operation));
}

export async function routeRemove(input: CommandInput): Promise<void> {
  const at = numberOf(input.args[0] ?? '', 'NUMBER');
  await withAdministration(input, (each) => each.edit({ do: 'route-remove', ...ownerOf(input), at }));
}

/** In the order in which they are asked: of accounts, of domains, of the server. */
export async function routeList(input: CommandInput): Promise<void> {
  const routes = await withAdministration(input, (each) => listRoutes(each, input));
  input.print(routes, () => (routes.length === 0 ? 'no routes: all mail goes directly' : printRoutes(routes)));
}

async function listRoutes(administration: Administration, input: CommandInput): Promise<readonly ListedRoute[]> {
  const [account, domain] = [input.text('account'), input.text('domain')];
  if (account !== undefined) {
    const { name, routes } = (await administration.query({ ask: 'account', name: account })) as AccountFacts;
    return numbered('account', name, routes);
  }
  if (domain !== undefined) {
    const { domain: name, routes } = (await administration.query({ ask: 'domain', name: domain })) as DomainFacts;
    return numbered('domain', name, routes);
  }
  const accounts = (await administration.query({ ask: 'accounts' })) as readonly AccountFacts[];
  const domains = (await administration.query({ ask: 'domains' })) as readonly DomainFacts[];
  return [
    ...accounts.flatMap(({ name, routes }) => numbered('account', name, routes)),
    ...domains.flatMap(({ domain: name, routes }) => numbered('domain', name, routes)),
    ...numbered('server', null, (await configOf(input)).config.routes.map(routeFacts)),
  ];
}

function numbered(
  scope: ListedRoute['scope'],
  name: string | null,
  routes: readonly RouteFacts[],
): readonly ListedRoute[] {
  return routes.map((route, index) => ({ scope, name, number: index + 1, ...route }));
}

function printRoutes(routes: readonly ListedRoute[]): string {
  return alignColumns(
    routes.map(({ scope, name, number, from, to, minimumAttempts, transport }) => [
      [scope, name].filter(Boolean).join(' '),
      String(number),
      `→ ${transport}`,
      [
        from.length > 0 ? `from ${from.join(', ')}` : '',
        to.length > 0 ? `to ${to.join(', ')}` : '',
        minimumAttempts > 0 ? `after ${minimumAttempts} tries` : '',
      ]
        .filter(Boolean)
        .join('; '),
    ]),
  );
}

function ownerOf(input: CommandInput): Owner {
  const [account, domain] = [input.text('account'), input.text('domain')];
  if (account !== undefined && domain === undefined) return { account };
  if (domain !== undefined && account === undefined) return { domain };
  throw new UsageError('either --account NAME or --domain DOMAIN; routes of the server are in posthorn.yaml');
}

function listOf(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',').map((each) => each.trim());
}

function numberOf(text: string, what: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${what}: a number is expected, not "${text}"`);
  return Number(text);
}
