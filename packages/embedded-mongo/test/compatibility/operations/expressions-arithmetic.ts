import { Double, Int32, Long } from 'bson';
import type { Theme } from '../case';
import { expressionsTheme } from './expressions-theme';

const INT = new Int32(7);
const LONG = Long.fromNumber(7);
const DOUBLE = new Double(2);

const arithmetic: Record<string, unknown> = {
  '$add by type': [
    { $add: [INT, INT] },
    { $add: [INT, LONG] },
    { $add: [INT, DOUBLE] },
    { $add: [0.1, 0.2] },
  ],
  '$add past an Int32': { $add: [2147483647, 1] },
  '$add past a Long': { $add: [Long.MAX_VALUE, 1] },
  '$add of null and of nothing': [{ $add: [1, null] }, { $add: [1, '$missing'] }, { $add: [] }],
  '$add of a string': { $add: [1, 'a'] },
  '$subtract by type': [{ $subtract: [INT, 1] }, { $subtract: [LONG, 1] }],
  '$multiply by type': [{ $multiply: [INT, INT] }, { $multiply: [INT, LONG] }, { $multiply: [INT, 1.5] }],
  '$multiply past an Int32': { $multiply: [2147483647, 2] },
  '$divide by type': [{ $divide: [6, 3] }, { $divide: [INT, 2] }, { $divide: [LONG, 7] }],
  '$divide by zero': { $divide: [1, 0] },
  '$mod by type': [{ $mod: [7, 4] }, { $mod: [-7, 4] }, { $mod: [7.5, 2] }, { $mod: [LONG, 4] }],
  '$abs, $ceil, $floor': [{ $abs: -3 }, { $ceil: 1.2 }, { $floor: new Double(1.8) }],
  '$floor of Int32 and Long': [{ $floor: INT }, { $floor: LONG }],
  $round: [{ $round: 2.5 }, { $round: 3.5 }, { $round: [1.2345, 2] }, { $round: [1250, -2] }],
};

export const arithmeticTheme: Theme = expressionsTheme('expressions-arithmetic', arithmetic);
