import { findFlagBit } from '../../../store/flags.ts';
import type { TextQuery } from '../../../store/text-query.ts';
import type { SearchKey } from '../../../wire/imap/search-key.ts';
import { flagOrKeyword } from './flag-or-keyword.ts';
import { parseObjectId } from '../../../wire/imap/object-id.ts';
import type { View } from '../view.ts';
import { findAge, findSentDay, findDay } from './date-steps.ts';
import {
  intersectRanges,
  keepPositions,
  mergePositions,
  noPositions,
  subtractPositions,
  type PositionList,
} from './position-list.ts';
import type { SearchRun } from './search-run.ts';

/** A search key that is ready to be asked. */
export interface SearchStep {
  /** What it costs per message, about: cheaper ones go first. */
  readonly cost: number;
  /** Those of the candidates that match, in order. */
  find(run: SearchRun, candidates: PositionList): PositionList | Promise<PositionList>;
}

/** Index in memory; a row; an index of texts, then some texts; a whole message, maybe. */
const costs = { index: 0, row: 10, envelope: 20, header: 100, text: 1000 } as const;

/**
 * Prepares a key. RFC 9051 section 6.4.4. Each step narrows down what the next one has to look at, so a text is looked for
 * only in messages that all cheaper keys of an AND leave. Depth is bounded by the reader.
 * @throws Bad for message numbers after ENABLE UIDONLY.
 */
export function prepareKey(key: SearchKey, view: View, how: Likeness = 'exact'): SearchStep {
  switch (key.kind) {
    case 'all':
      return { cost: costs.index, find: (_run, candidates) => candidates };
    case 'sequence':
    case 'uid': {
      const ranges = key.kind === 'uid' ? view.resolveUids(key.set) : view.findNumbers(key.set);
      return { cost: costs.index, find: (_run, candidates) => intersectRanges(candidates, ranges) };
    }
    case 'flag':
      return prepareFlag(key.flag, key.set);
    case 'modseq':
      return onIndex((run, at) => (run.selected.view.index.modseqs[at] ?? 0) >= key.atLeast);
    case 'object':
      return prepareObject(key.of, key.id);
    case 'size':
      return {
        cost: costs.row,
        async find(run, candidates) {
          await run.facts.load(candidates);
          const { sizes } = run.facts;
          return keepPositions(candidates, (position) =>
            key.is === 'larger' ? (sizes[position] ?? 0) > key.bytes : (sizes[position] ?? 0) < key.bytes,
          );
        },
      };
    case 'date':
      return key.of === 'sent'
        ? { cost: costs.envelope, find: (run, candidates) => findSentDay(run, candidates, key) }
        : { cost: costs.row, find: (run, candidates) => findDay(run, candidates, key) };
    case 'age':
      return { cost: costs.row, find: (run, candidates) => findAge(run, candidates, key) };
    case 'text':
      if (key.needle === '') return { cost: costs.index, find: (_run, candidates) => candidates };
      return prepareText(costs.text, { in: key.in, needle: key.needle }, how);
    case 'header':
      return prepareText(costs.header, { in: 'header', name: key.name, needle: key.needle }, how);
    case 'filter':
      throw new Error('a filter was not expanded');
    case 'fuzzy':
      return prepareKey(key.key, view, how === 'exact' ? 'scored' : how);
    case 'not':
      return prepareNot(prepareKey(key.key, view, how === 'scored' ? 'unscored' : how));
    case 'or':
      return prepareOr(key.keys.map((each) => prepareKey(each, view, how)));
    case 'and':
      return prepareAnd(key.keys.map((each) => prepareKey(each, view, how)));
    default:
      return key satisfies never;
  }
}

/** Texts as they are, or by likeness; what is below NOT says nothing of how well a message matches. */
type Likeness = 'exact' | 'scored' | 'unscored';

/** By likeness the index of texts is of no use, so it is dearer. RFC 6203 section 5: all other keys are matched exactly. */
function prepareText(cost: number, query: TextQuery, how: Likeness): SearchStep {
  if (how === 'exact') return { cost, find: (run, candidates) => run.matchText(candidates, query) };
  return { cost: 2 * cost, find: (run, candidates) => run.rankText(candidates, query, how === 'scored') };
}

/** A key that the index can answer for each message. */
function onIndex(matches: (run: SearchRun, at: number) => boolean): SearchStep {
  return {
    cost: costs.index,
    find(run, candidates) {
      const { view } = run.selected;
      return keepPositions(candidates, (position) => {
        const at = view.indexPosition(position);
        return at >= 0 && matches(run, at);
      });
    },
  };
}

/** EMAILID, THREADID. RFC 8474 section 6; an id that is none of ours is of no message. */
function prepareObject(of: 'email' | 'thread', text: string): SearchStep {
  const id = parseObjectId(of, text);
  if (id === undefined) return { cost: costs.index, find: () => noPositions };
  if (of === 'email') return onIndex((run, at) => run.selected.view.index.emailIds[at] === id);
  return {
    cost: costs.envelope,
    async find(run, candidates) {
      await run.facts.loadSent(candidates);
      return keepPositions(candidates, (position) => run.facts.threads[position] === id);
    },
  };
}

function prepareFlag(name: string, set: boolean): SearchStep {
  const flag = flagOrKeyword(name);
  const bit = findFlagBit(flag);
  if (bit !== undefined)
    return onIndex(({ selected }, at) => (((selected.view.index.flags[at] ?? 0) & bit) !== 0) === set);
  const wanted = flag.toLowerCase();
  return {
    cost: costs.index,
    find(run, candidates) {
      const { index } = run.selected.view;
      // One spelling per keyword; most often the mailbox has no such keyword at all.
      const spelling = index.keywords.find((keyword) => keyword.toLowerCase() === wanted);
      if (spelling === undefined) return set ? noPositions : candidates;
      return onIndex((_run, at) => index.keywordsAt(at).includes(spelling) === set).find(run, candidates);
    },
  };
}

function prepareNot(step: SearchStep): SearchStep {
  return {
    cost: step.cost,
    find: async (run, candidates) => subtractPositions(candidates, await step.find(run, candidates)),
  };
}

/** The dearer side only looks at what the cheaper one left. */
function prepareOr(steps: readonly SearchStep[]): SearchStep {
  const ordered = cheapestFirst(steps);
  return {
    cost: ordered.at(-1)?.cost ?? 0,
    async find(run, candidates) {
      let rest = candidates;
      let found = noPositions;
      for (const step of ordered) {
        if (rest.length === 0) break;
        const more = await step.find(run, rest);
        found = mergePositions(found, more);
        rest = subtractPositions(rest, more);
        await run.pause();
      }
      return found;
    },
  };
}

function prepareAnd(steps: readonly SearchStep[]): SearchStep {
  const ordered = cheapestFirst(steps);
  return {
    cost: ordered.at(-1)?.cost ?? 0,
    async find(run, candidates) {
      let rest = candidates;
      for (const step of ordered) {
        if (rest.length === 0) break;
        rest = await step.find(run, rest);
        await run.pause();
      }
      return rest;
    },
  };
}

function cheapestFirst(steps: readonly SearchStep[]): readonly SearchStep[] {
  return steps.toSorted((a, b) => a.cost - b.cost);
}
