import type { LiveDirectory } from '../../directory/live-directory.ts';
import type { ListedEntry, Queue } from '../../queue/queue.ts';
import type { RetiredEntry } from '../../queue/queued.ts';
import { baseAddress } from '../../queue/suppression.ts';
import type { AccountId, QueueId } from '../../store/ids.ts';
import type { OutgoingFilter } from '../../store/queue/outgoing-row.ts';
import { messageKey, type RetiredFilter, type RetiredPlace } from '../../store/queue/retired-row.ts';
import type { ControlAnswer } from './control-answer.ts';

/** Which entries; accounts by their names. All that is given must fit. */
export interface QueueFilter extends Omit<OutgoingFilter, 'accountId'> {
  readonly account?: string;
}

/** Which entries of the history; likewise. */
export interface HistoryFilter extends Omit<RetiredFilter, 'accountId' | 'messageKey'> {
  readonly account?: string;
}

/** What an administrator can ask of the queue, as plain data. */
export type QueueRequest =
  | {
      readonly do: 'history';
      readonly filter: HistoryFilter;
      readonly before: RetiredPlace | undefined;
      readonly limit: number;
    }
  /** Entries that wait or have left, by id or by the Message-ID of their message. */
  | { readonly do: 'find'; readonly id: number | undefined; readonly headerMessageId: string | undefined }
  | { readonly do: 'list'; readonly filter: QueueFilter; readonly after: number; readonly limit: number }
  | { readonly do: 'kick' | 'hold' | 'release' | 'drop' | 'fail'; readonly filter: QueueFilter }
  | { readonly do: 'rules' }
  | { readonly do: 'add-hold-rule'; readonly account?: string; readonly from?: string; readonly to?: string }
  | { readonly do: 'remove-hold-rule'; readonly id: number }
  | { readonly do: 'pause'; readonly domain: string; readonly reason: string }
  | { readonly do: 'resume'; readonly domain: string }
  | { readonly do: 'suppressions'; readonly account: string }
  | {
      readonly do: 'suppress';
      readonly account: string;
      readonly address: string;
      readonly reason: string;
      readonly days: number | undefined;
    }
  | { readonly do: 'unsuppress'; readonly account: string; readonly address: string };

export interface QueueListing {
  readonly entries: readonly ListedEntry[];
  /** How many fit in all. */
  readonly total: number;
}

export interface FoundEntries {
  readonly waiting: readonly ListedEntry[];
  readonly retired: readonly RetiredEntry[];
}

/** Of one message, at most. */
const maxFound = 200;

export interface QueueEdited {
  readonly changed: readonly number[];
  /** Left alone as they are being tried at this moment. */
  readonly busy: readonly number[];
}

export interface QueueRules {
  readonly holdRules: readonly {
    readonly id: number;
    readonly account: string | undefined;
    readonly from: string | undefined;
    readonly to: string | undefined;
  }[];
  readonly paused: readonly { readonly domain: string; readonly reason: string; readonly since: string }[];
}

const dayMs = 86_400_000;

/** Does what is asked. */
export async function answerQueue(
  directory: LiveDirectory,
  queue: Queue,
  request: QueueRequest,
): Promise<ControlAnswer> {
  const account = 'filter' in request ? request.filter.account : 'account' in request ? request.account : undefined;
  const accountId = account === undefined ? undefined : directory.view.accountIds.get(account);
  if (account !== undefined && accountId === undefined) {
    return { ok: false, messages: [`there is no account "${account}"`] };
  }
  return { ok: true, value: await perform(directory, queue, request, accountId) };
}

async function perform(
  directory: LiveDirectory,
  queue: Queue,
  request: QueueRequest,
  accountId: AccountId | undefined,
): Promise<unknown> {
  switch (request.do) {
    case 'list': {
      const filter = toFilter(request.filter, accountId);
      const entries = await queue.list(filter, { after: request.after, limit: request.limit });
      return { entries, total: await queue.count(filter) } satisfies QueueListing;
    }
    case 'history': {
      const { account: _account, ...filter } = request.filter;
      const { before, limit } = request;
      return queue.history.list(accountId === undefined ? filter : { ...filter, accountId }, { before, limit });
    }
    case 'find':
      return find(queue, request);
    case 'fail':
      return failAll(queue, toFilter(request.filter, accountId));
    case 'kick':
    case 'hold':
    case 'release':
    case 'drop': {
      const { changed, busy } = await queue.edit(request.do, toFilter(request.filter, accountId));
      return { changed, busy } satisfies QueueEdited;
    }
    case 'rules':
      return rulesOf(directory, queue);
    case 'add-hold-rule':
      return queue.editRules({
        do: 'add-hold-rule',
        rule: { accountId, fromDomain: request.from, domain: request.to },
      });
    case 'pause': {
      const { domain, reason } = request;
      return queue.editRules({ do: 'pause', paused: { domain, reason, createdAtMs: Date.now() } });
    }
    case 'remove-hold-rule':
    case 'resume':
      return queue.editRules(request);
    default:
      return accountId === undefined ? undefined : performSuppression(queue, request, accountId);
  }
}

async function find(
  queue: Queue,
  { id, headerMessageId }: Extract<QueueRequest, { do: 'find' }>,
): Promise<FoundEntries> {
  const key = messageKey(headerMessageId ?? '');
  if (id === undefined && key === undefined) return { waiting: [], retired: [] };
  const filter = id === undefined ? { messageKey: key ?? 0 } : { ids: [id as QueueId] };
  const waiting = await queue.list(filter, { after: 0, limit: maxFound });
  const retired = await queue.history.list(filter, { limit: maxFound });
  // Two ids may share a key.
  const isIt = (entry: RetiredEntry | ListedEntry): boolean =>
    id !== undefined || entry.message.headerMessageId.trim() === headerMessageId?.trim();
  return { waiting: waiting.filter(isIt), retired: retired.filter(isIt) };
}

function performSuppression(
  queue: Queue,
  request: Extract<QueueRequest, { do: 'suppressions' | 'suppress' | 'unsuppress' }>,
  accountId: AccountId,
): Promise<unknown> {
  if (request.do === 'suppressions') return queue.suppressions(accountId);
  const address = baseAddress(request.address);
  if (request.do === 'unsuppress') return queue.editRules({ do: 'unsuppress', accountId, address });
  const createdAtMs = Date.now();
  const expiresAtMs = request.days === undefined ? undefined : createdAtMs + request.days * dayMs;
  const { reason } = request;
  return queue.editRules({ do: 'suppress', suppression: { accountId, address, reason, createdAtMs, expiresAtMs } });
}

function toFilter({ account: _account, ...filter }: QueueFilter, accountId: AccountId | undefined): OutgoingFilter {
  return accountId === undefined ? filter : { ...filter, accountId };
}

const failedAtATime = 200;

async function failAll(queue: Queue, filter: OutgoingFilter): Promise<QueueEdited> {
  const changed: QueueId[] = [];
  const busy: QueueId[] = [];
  let after = 0;
  for (;;) {
    const entries = await queue.list(filter, { after, limit: failedAtATime });
    const ids = entries.map(({ id }) => id);
    const failed = new Set(await queue.fail(ids));
    changed.push(...failed);
    busy.push(...ids.filter((id) => !failed.has(id)));
    if (entries.length < failedAtATime) return { changed, busy };
    after = ids.at(-1) ?? 0;
  }
}

async function rulesOf(directory: LiveDirectory, queue: Queue): Promise<QueueRules> {
  const { holdRules, paused } = await queue.rules();
  const nameOf = (wanted: AccountId): string =>
    [...directory.view.accountIds].find(([, id]) => id === wanted)?.[0] ?? `account ${wanted}, which is gone`;
  return {
    holdRules: holdRules.map(({ id, accountId, fromDomain, domain }) => ({
      id,
      account: accountId === undefined ? undefined : nameOf(accountId),
      from: fromDomain,
      to: domain,
    })),
    paused: paused.map(({ domain, reason, createdAtMs }) => ({
      domain,
      reason,
      since: new Date(createdAtMs).toISOString(),
    })),
  };
}
