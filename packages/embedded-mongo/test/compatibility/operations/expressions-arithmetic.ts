import { Int32 } from 'bson';
import type { Theme } from '../case';
import { expressionsTheme } from './expressions-theme';

const INT = new Int32(7);

const arithmetic: Record<string, unknown> = {
  '$add by type': [{ $add: [INT, INT] }, { $add: [INT, 2.5] }, { $add: [0.1, 0.2] }],
  '$add of null and of nothing': [{ $add: [1, null] }, { $add: [1, '$missing'] }, { $add: [] }],
  '$add of a string': { $add: [1, 'a'] },
  '$subtract by type': [{ $subtract: [INT, 1] }, { $subtract: [INT, 0.5] }],
  '$multiply by type': [{ $multiply: [INT, INT] }, { $multiply: [INT, 1.5] }],
  '$divide by type': [{ $divide: [6, 4] }, { $divide: [INT, 2] }],
  '$divide by zero': { $divide: [1, 0] },
  '$mod by type': [{ $mod: [7, 4] }, { $mod: [-7, 4] }, { $mod: [7.5, 2] }],
  '$abs, $ceil, $floor': [{ $abs: -3.5 }, { $ceil: INT }, { $ceil: null }],
  '$floor of Int32': { $floor: INT },
  $round: [{ $round: [1.2345, 2] }, { $round: [0.125, 2] }, { $round: [1250, -2] }, { $round: [null, 1] }],
};

export const arithmeticTheme: Theme = expressionsTheme('expressions-arithmetic', arithmetic);
