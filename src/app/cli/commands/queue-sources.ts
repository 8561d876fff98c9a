import { dayMs, stageOf } from '../../../relay/sources/warm-up-plan.ts';
import type { WarmUpStage } from '../../../relay/sources/warm-up-plan.ts';
import type { WarmUpRow } from '../../../store/relay/relay-store.ts';
import { sourcesOf } from '../../outgoing/open-relay.ts';
import { configOf } from '../config-of.ts';
import type { CommandInput } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

interface SourceFacts {
  readonly ip: string;
  readonly ehlo: string;
  readonly state: WarmUpStage['kind'];
  /** Of a plan that is under way. */
  readonly day?: number;
  readonly today?: number;
  readonly byNow?: number;
  readonly perDestination?: number;
  readonly sent?: number;
  /** Those that got most today. */
  readonly destinations?: readonly { readonly domain: string; readonly sent: number }[];
}

/** Each address with the stage of its plan. */
export async function queueSources(input: CommandInput): Promise<void> {
  const { config } = await configOf(input);
  const nowMs = Date.now();
  const sources = sourcesOf({ listeners: config.listeners, sources: config.relay.sources });
  const warming = sources.filter(({ warmUp }) => warmUp !== undefined).map(({ ip }) => ip);
  const day = Math.floor(nowMs / dayMs);
  const rows = warming.length === 0 ? [] : await withAdministration(input, (each) => each.warmUps(warming, day));
  const facts = sources.map(({ ip, ehloName = config.hostname, warmUp }): SourceFacts => {
    const stage = warmUp === undefined ? ({ kind: 'warm' } as const) : stageOf(warmUp, nowMs);
    return {
      ip,
      ehlo: ehloName,
      ...tellStage(
        stage,
        rows.filter((row) => row.ip === ip),
      ),
    };
  });
  input.print(facts, () =>
    facts.length === 0
      ? 'as the system chooses'
      : alignColumns(facts.map((each) => [each.ip, each.ehlo, describe(each)])),
  );
}

function tellStage(stage: WarmUpStage, rows: readonly WarmUpRow[]): Omit<SourceFacts, 'ip' | 'ehlo'> {
  const { kind, ...plan } = stage;
  if (kind !== 'warming') return { state: kind };
  const sent = rows.find(({ destination }) => destination === undefined)?.taken ?? 0;
  const destinations = rows.flatMap(({ destination, taken }) =>
    destination === undefined ? [] : [{ domain: destination, sent: taken }],
  );
  return { state: kind, ...plan, sent, destinations };
}

function describe({ state, day, today, byNow, sent, destinations = [] }: SourceFacts): string {
  if (state === 'not-begun') return 'its plan has not begun';
  if (state === 'warm') return 'no limit';
  const most = destinations.map((each) => `${each.domain} ${each.sent}`).join(', ');
  return `day ${day}: ${sent} of ${today} messages left, ${byNow} allowed by now${most === '' ? '' : ` (${most})`}`;
}
