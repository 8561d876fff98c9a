import { readFileSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { systemClock } from '../../base/clock.ts';
import type {
  DnsAnswer,
  DnsFailure,
  Lookup,
  LookupOptions,
  MxRecord,
  Resolver,
  TlsaRecord,
} from '../../base/resolver.ts';
import { mayPass } from '../../base/resolver.ts';
import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { askServers } from './ask-servers.ts';
import type { Asked, AskOptions } from './ask-servers.ts';
import { toQuestionName } from './question.ts';
import type { QuestionType } from './question.ts';
import type { DnsRecord } from './read-reply.ts';
import { ReplyCache } from './reply-cache.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { reverseName } from './reverse-name.ts';
import { isLoopbackServer } from './server-address.ts';
import type { DnsServer } from './server-address.ts';

export interface StubResolverOptions {
  /** Recursive resolvers to ask; without them those of /etc/resolv.conf. */
  readonly servers?: readonly DnsServer[] | undefined;
  /** Believe their AD bit. Without it: when resolv.conf says so, or all of them are on this machine. */
  readonly trustAd?: boolean | undefined;
  readonly tryMs?: number;
  readonly deadlineMs?: number;
  readonly rounds?: number;
  readonly maxEntries?: number;
  readonly clock?: Clock;
}

type Outcome<T> = Result<DnsAnswer<T>, DnsFailure>;

/** A stub resolver with a cache (RFC 1034 section 5.3.1): asks recursive resolvers, which do the work and the validation. */
export function createStubResolver(options: StubResolverOptions = {}): Resolver {
  const system = options.servers === undefined ? parseResolvConf(readResolvConf()) : undefined;
  const servers = options.servers ?? system?.servers ?? [];
  const trustAd = options.trustAd ?? (system?.trustAd === true || servers.every(isLoopbackServer));
  const { tryMs = 2000, deadlineMs = 10_000, rounds = 2, maxEntries = 10_000, clock = systemClock } = options;
  const cache = new ReplyCache({ maxEntries, clock });
  const asking = new QuestionsUnderWay({ servers, tryMs, deadlineMs, rounds }, cache);
  const find = async <T extends DnsRecord>(
    type: QuestionType,
    given: string | undefined,
    isRight: (record: DnsRecord) => record is T,
    { withinMs }: LookupOptions = {},
  ): Promise<Outcome<T>> => {
    const name = given === undefined ? undefined : toQuestionName(given);
    if (name === undefined) return fail({ kind: 'bad-name' });
    return toOutcome(await within(asking.ask(name, type), withinMs), trustAd, isRight);
  };
  const a: Lookup<string> = (name, within) => find('A', name, isString, within);
  const aaaa: Lookup<string> = (name, within) => find('AAAA', name, isString, within);
  return {
    a,
    aaaa,
    mx: async (name, within) => sortByPreference(await find('MX', name, isMx, within)),
    txt: (name, within) => find('TXT', name, isString, within),
    cname: (name, within) => find('CNAME', name, isString, within),
    tlsa: (name, within) => find('TLSA', name, isTlsa, within),
    ptr: (address, within) => find('PTR', reverseName(address), isString, within),
    addresses: async (name, within) => joinFamilies(...(await Promise.all([aaaa(name, within), a(name, within)]))),
  };
}

/** Without the file, the resolver of this machine is asked. */
function readResolvConf(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

/** One exchange for all who ask the same at the same time. */
class QuestionsUnderWay {
  readonly #options: AskOptions;
  readonly #cache: ReplyCache;
  readonly #underWay = new Map<string, Promise<Asked>>();

  constructor(options: AskOptions, cache: ReplyCache) {
    this.#options = options;
    this.#cache = cache;
  }

  async ask(name: string, type: QuestionType): Promise<Asked> {
    const question = `${type} ${name}`;
    return this.#cache.get(question) ?? this.#underWay.get(question) ?? this.#begin(question, name, type);
  }

  #begin(question: string, name: string, type: QuestionType): Promise<Asked> {
    const asked = askServers(this.#options, name, type)
      .then((reply) => {
        this.#cache.put(question, reply);
        return reply;
      })
      .finally(() => this.#underWay.delete(question));
    this.#underWay.set(question, asked);
    return asked;
  }
}

/** Who waits no longer leaves the question under way: its reply is of use to the next. */
async function within(asked: Promise<Asked>, ms: number | undefined): Promise<Asked> {
  if (ms === undefined) return asked;
  const { promise, resolve } = Promise.withResolvers<Asked>();
  const timer = setTimeout(() => resolve({ kind: 'timeout' }), ms);
  try {
    return await Promise.race([asked, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function toOutcome<T extends DnsRecord>(
  asked: Asked,
  trustAd: boolean,
  isRight: (record: DnsRecord) => record is T,
): Outcome<T> {
  switch (asked.kind) {
    case 'records': {
      const { ttlSeconds, name } = asked;
      const records = asked.records.filter((record) => isRight(record));
      return ok({ records, authentic: trustAd && asked.authentic, ttlSeconds, name });
    }
    case 'no-data':
    case 'no-such-domain':
      return fail({ kind: asked.kind, name: asked.name, authentic: trustAd && asked.authentic });
    case 'server-failure':
    case 'timeout':
      return fail({ kind: asked.kind });
    default:
      return fail({ kind: 'malformed' });
  }
}

function joinFamilies(six: Outcome<string>, four: Outcome<string>): Outcome<string> {
  if (six.ok && four.ok) {
    return ok({
      records: [...six.value.records, ...four.value.records],
      authentic: six.value.authentic && four.value.authentic,
      ttlSeconds: Math.min(six.value.ttlSeconds, four.value.ttlSeconds),
      name: four.value.name,
    });
  }
  if (six.ok && !four.ok) return alone(six.value, four.error);
  if (four.ok && !six.ok) return alone(four.value, six.error);
  // Nothing of either: what may pass must not be told as final.
  return !six.ok && mayPass(six.error) ? six : four;
}

/** That the other family could not be had makes nothing less authentic: otherwise dropping packets would. */
function alone(answer: DnsAnswer<string>, other: DnsFailure): Outcome<string> {
  const authentic = answer.authentic && (!('authentic' in other) || other.authentic);
  return ok({ ...answer, authentic });
}

function sortByPreference(outcome: Outcome<MxRecord>): Outcome<MxRecord> {
  if (!outcome.ok) return outcome;
  const records = outcome.value.records.toSorted((one, two) => one.preference - two.preference);
  return ok({ ...outcome.value, records });
}

function isString(record: DnsRecord): record is string {
  return typeof record === 'string';
}

function isMx(record: DnsRecord): record is MxRecord {
  return typeof record !== 'string' && 'exchange' in record;
}

function isTlsa(record: DnsRecord): record is TlsaRecord {
  return typeof record !== 'string' && 'matchingType' in record;
}
