import { toUnicodeDomain } from '../../base/domain-name.ts';
import type { DirectoryChange } from '../directory-change.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AccountRecord, DirectoryRecord, DomainRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';

type Routed = AccountRecord | DomainRecord;

/**
 * Routes that an edit brings must lead somewhere. Transports are in the configuration of the process, so what the same
 * account or domain named before is not asked again (it can be mended in steps): the start and the reload of a server do.
 */
export function checkNewTransports(
  view: DirectoryView,
  change: Pick<DirectoryChange, 'put'>,
  known: ReadonlySet<string>,
): readonly DirectoryConflict[] {
  return change.put.filter(isRouted).flatMap((record) => {
    const before = record.kind === 'account' ? view.accounts.get(record.name) : view.domains.get(record.name);
    return unknownOf(record, new Set([...known, ...namedBy(before)]));
  });
}

/** Routes of the directory whose transport the configuration does not have (any more). */
export function findUnknownTransports(view: DirectoryView, known: ReadonlySet<string>): readonly DirectoryConflict[] {
  return [...view.accounts.values(), ...view.domains.values()].flatMap((record) => unknownOf(record, known));
}

function unknownOf(record: Routed, known: ReadonlySet<string>): readonly DirectoryConflict[] {
  const missing = new Set(namedBy(record).filter((one) => !known.has(one)));
  const owner = record.kind === 'account' ? `account "${record.name}"` : `domain ${toUnicodeDomain(record.name)}`;
  return [...missing].map((transport) => ({
    reason: 'unknown',
    message: `${owner}: there is no transport "${transport}" under transports in the configuration, which a route names`,
  }));
}

function namedBy(record: Routed | undefined): readonly string[] {
  return (record?.routes ?? []).map(({ transport }) => transport);
}

function isRouted(record: DirectoryRecord): record is Routed {
  return (record.kind === 'account' || record.kind === 'domain') && record.routes !== undefined;
}
