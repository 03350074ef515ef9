import { Schema, type Types } from 'mongoose';
import { type Role, ROLES } from '../../common/access/principal';

export const USER = 'User';

export interface User {
  _id: Types.ObjectId;
  /** as typed at creation; log-in ignores case through usernameKey */
  username?: string;
  usernameKey?: string;
  passwordHash?: string;
  name: string;
  phone?: string;
  role: Role;
  active: boolean;
  /** raised to make every token issued before worthless */
  tokenVersion: number;
  /** the database's own clock at the last change of role, state, name or token version */
  stateChangedAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

export const userSchema = new Schema<User>(
  {
    username: String,
    usernameKey: String,
    passwordHash: String,
    name: { type: String, required: true },
    phone: String,
    role: { type: String, enum: ROLES, required: true },
    active: { type: Boolean, default: true },
    tokenVersion: { type: Number, default: 1 },
    stateChangedAt: { type: Date, required: true },
    createdAt: Date,
    updatedAt: Date,
  },
  { collection: 'users', versionKey: false },
)
  // POST /api/auth/login, and no two accounts of one name
  .index({ usernameKey: 1 }, { unique: true, partialFilterExpression: { usernameKey: { $type: 'string' } } })
  // log-in by proved phone, and no two accounts of one phone
  .index({ phone: 1 }, { unique: true, partialFilterExpression: { phone: { $type: 'string' } } })
  // GET /api/users, newest first
  .index({ createdAt: -1, _id: -1 })
  // GET /api/users?role, with ?active compared within the index
  .index({ role: 1, createdAt: -1, _id: -1, active: 1 })
  // GET /api/users?active
  .index({ active: 1, createdAt: -1, _id: -1 })
  // the staff directory's look for changes
  .index({ stateChangedAt: 1 })
  // the last active administrator
  .index({ role: 1, active: 1 });
