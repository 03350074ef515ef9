import type { Theme } from '../case';
import { commandsAndErrors } from './commands-and-errors';
import { cursors } from './cursors';
import { dates } from './dates';
import { expressions } from './expressions';
import { filters } from './filters';
import { findAndModifyTheme } from './find-and-modify';
import { geo } from './geo';
import { groups } from './groups';
import { indexes } from './indexes';
import { options } from './options';
import { projections } from './projections';
import { readsAndWrites } from './reads-and-writes';
import { sorts } from './sorts';
import { stages } from './stages';
import { transactions } from './transactions';
import { updatesOfArrays } from './updates-of-arrays';
import { updatesOfFields } from './updates-of-fields';
import { upsertsTheme } from './upserts';

export const themes: Theme[] = [
  ...filters,
  sorts,
  ...projections,
  stages,
  groups,
  dates,
  ...expressions,
  updatesOfFields,
  updatesOfArrays,
  upsertsTheme,
  findAndModifyTheme,
  ...readsAndWrites,
  ...indexes,
  geo,
  ...transactions,
  cursors,
  options,
  ...commandsAndErrors,
];
