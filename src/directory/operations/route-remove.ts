import { z } from 'zod';

import { conflict } from '../directory-conflict.ts';
import { operation } from './operation.ts';
import { getRouteOwner, putRoutes, routeOwner } from './route-owner.ts';

export const routeRemove = operation({
  name: 'route-remove',
  /** `at`: from 1 on. */
  schema: z.strictObject({ ...routeOwner, at: z.number().int().positive() }),
  decide(view, { at, ...owner }) {
    const record = getRouteOwner(view, owner);
    if (!record.ok) return record;
    const routes = record.value.routes ?? [];
    if (at > routes.length) return conflict('unknown', `there is no route ${at}; there are ${routes.length}`);
    return putRoutes(view, record.value, routes.toSpliced(at - 1, 1));
  },
});
