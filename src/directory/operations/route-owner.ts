import { z } from 'zod';

import type { Result } from '../../base/result.ts';
import type { NamedRoute } from '../directory.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AccountRecord, DomainRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { getAccount, getDomain, putChecked } from './operation.ts';
import type { Decided } from './operation.ts';

/** Whose routes an operation is about: one of the two. */
export const routeOwner = { account: z.string().optional(), domain: z.string().optional() };

/** The record that the routes are part of. */
export function getRouteOwner(
  view: DirectoryView,
  { account, domain }: { readonly account?: string | undefined; readonly domain?: string | undefined },
): Result<AccountRecord | DomainRecord, DirectoryConflict> {
  if (account !== undefined && domain === undefined) return getAccount(view, account);
  if (domain !== undefined && account === undefined) return getDomain(view, domain);
  return conflict('invalid', 'routes belong to an account or to a domain: name one of them');
}

/** The record with these routes in place of those that it had. */
export function putRoutes(
  view: DirectoryView,
  { routes: _before, ...record }: AccountRecord | DomainRecord,
  routes: readonly NamedRoute[],
): Decided {
  return putChecked(view, routes.length === 0 ? record : { ...record, routes });
}
