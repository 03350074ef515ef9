import { Decimal128, Double, Int32, Long } from 'bson';
import type { Theme } from '../case';
import { expressionsTheme } from './expressions-theme';
import { OBJECT_ID } from './fixtures';

const INT = new Int32(7);
const LONG = Long.fromNumber(7);
const DOUBLE = new Double(2);
const DECIMAL = new Decimal128('2.50');

const arithmetic: Record<string, unknown> = {
  '$add by type': [
    { $add: [INT, INT] },
    { $add: [INT, LONG] },
    { $add: [INT, DOUBLE] },
    { $add: [LONG, DECIMAL] },
    { $add: [0.1, 0.2] },
  ],
  '$add past an Int32': { $add: [2147483647, 1] },
  '$add past a Long': { $add: [Long.MAX_VALUE, 1] },
  '$add of null and of nothing': [{ $add: [1, null] }, { $add: [1, '$missing'] }, { $add: [] }],
  '$add of a string': { $add: [1, 'a'] },
  '$subtract by type': [{ $subtract: [INT, 1] }, { $subtract: [LONG, 1] }, { $subtract: [INT, DECIMAL] }],
  '$multiply by type': [
    { $multiply: [INT, INT] },
    { $multiply: [INT, LONG] },
    { $multiply: [INT, 1.5] },
    { $multiply: [INT, DECIMAL] },
  ],
  '$multiply past an Int32': { $multiply: [2147483647, 2] },
  '$divide by type': [
    { $divide: [6, 3] },
    { $divide: [INT, 2] },
    { $divide: [LONG, 7] },
    { $divide: [INT, DECIMAL] },
  ],
  '$divide by zero': { $divide: [1, 0] },
  '$mod by type': [{ $mod: [7, 4] }, { $mod: [-7, 4] }, { $mod: [7.5, 2] }, { $mod: [LONG, 4] }],
  '$abs, $ceil, $floor, $trunc': [
    { $abs: -3 },
    { $ceil: 1.2 },
    { $floor: new Double(1.8) },
    { $trunc: -1.7 },
  ],
  '$floor of Int32 and Long': [{ $floor: INT }, { $floor: LONG }, { $ceil: DECIMAL }],
  $round: [
    { $round: 2.5 },
    { $round: 3.5 },
    { $round: [1.2345, 2] },
    { $round: [1250, -2] },
    { $round: [DECIMAL, 0] },
  ],
  '$pow and $sqrt': [{ $pow: [2, 10] }, { $pow: [2, 0.5] }, { $pow: [2, 40] }, { $sqrt: 16 }],
  '$exp, $ln, $log, $log10': [{ $exp: 0 }, { $ln: 1 }, { $log: [8, 2] }, { $log10: 1000 }],
  '$sum, $avg, $min, $max of an array': [
    { $sum: [1, LONG, 'a', null] },
    { $avg: [1, 2] },
    { $min: [3, 1, null] },
    { $max: [3, 'a', '$missing'] },
  ],
  $toInt: [{ $toInt: '12' }, { $toInt: 3.9 }, { $toInt: true }, { $toInt: null }],
  '$toInt of no number': { $toInt: 'x' },
  '$toLong, $toDouble, $toDecimal': [{ $toLong: '12' }, { $toDouble: '1.5' }, { $toDecimal: 1.5 }],
  $toString: [
    { $toString: 1 },
    { $toString: 1.5 },
    { $toString: new Double(1) },
    { $toString: LONG },
    { $toString: true },
    { $toString: OBJECT_ID },
    { $toString: DECIMAL },
  ],
  $toBool: [{ $toBool: 0 }, { $toBool: 'false' }, { $toBool: null }],
  $toObjectId: { $toObjectId: '65a000000000000000000001' },
  '$toObjectId of no id': { $toObjectId: 'x' },
  $convert: [
    { $convert: { input: '5', to: 'int' } },
    { $convert: { input: 'x', to: 'int', onError: -1 } },
    { $convert: { input: null, to: 'int', onNull: 0 } },
  ],
  $isNumber: [{ $isNumber: 1 }, { $isNumber: '1' }, { $isNumber: DECIMAL }],
};

export const arithmeticTheme: Theme = expressionsTheme('expressions-arithmetic', arithmetic);
