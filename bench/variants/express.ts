import 'reflect-metadata';
import { createSecretKey } from 'node:crypto';
import { Expose, plainToInstance, Type } from 'class-transformer';
import { IsInt, IsMongoId, IsOptional, IsString, Max, Min, validateOrReject } from 'class-validator';
import express, { type NextFunction, type Request, type Response } from 'express';
import jwt from 'jsonwebtoken';
import { connect, model, Schema, type Types } from 'mongoose';
import { type CustomerRow, detail, LIST_FIELDS, listItem, type NameOf, pageOf, success } from './customer';
import { listResumes, oneResume } from './express-resumes';

class ListQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  page = 1;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  pageSize = 10;

  @IsOptional()
  @IsString()
  contractStatus?: string;
}

class IdParam {
  @IsMongoId()
  id!: string;
}

class CustomerListItem {
  @Expose() id!: string;
  @Expose() customerId!: string;
  @Expose() name!: string;
  @Expose() phone!: string | null;
  @Expose() wechatId!: string | null;
  @Expose() serviceType!: string | null;
  @Expose() expectedBudget!: number | null;
  @Expose() address!: string | null;
  @Expose() leadSource!: string;
  @Expose() leadLevel!: string | null;
  @Expose() contractStatus!: string;
  @Expose() status!: string;
  @Expose() assignedTo!: string | null;
  @Expose() assignedToName!: string;
  @Expose() lastFollowUpAt!: string | null;
  @Expose() nextFollowUpAt!: string | null;
  @Expose() createdAt!: string;
  @Expose() updatedAt!: string;
}

class CustomerDetail extends CustomerListItem {
  @Expose() notes!: string | null;
  @Expose() restSchedule!: string | null;
  @Expose() educationRequirement!: string | null;
  @Expose() expectedStartDate!: string | null;
  @Expose() expectedDeliveryDate!: string | null;
  @Expose() homeArea!: number | null;
  @Expose() familySize!: number | null;
  @Expose() serviceDays!: number | null;
  @Expose() ageRequirement!: string | null;
  @Expose() genderRequirement!: string | null;
  @Expose() originRequirement!: string | null;
  @Expose() dealAmount!: number | null;
  @Expose() assignedBy!: string | null;
  @Expose() assignedByName!: string;
  @Expose() assignedAt!: string | null;
  @Expose() assignmentReason!: string | null;
  @Expose() createdBy!: string;
  @Expose() createdByName!: string;
  @Expose() lastFollowUpBy!: string | null;
  @Expose() lastFollowUpByName!: string;
}

const EXPOSED = { excludeExtraneousValues: true };

const optionalReference = { type: Schema.Types.ObjectId, ref: 'User', default: null };
const optionalDate = { type: Date, default: null };

const customerSchema = new Schema<CustomerRow>(
  {
    customerId: { type: String, required: true },
    name: { type: String, required: true },
    phone: String,
    wechatId: String,
    serviceType: String,
    expectedBudget: Number,
    address: String,
    leadSource: String,
    leadLevel: String,
    contractStatus: String,
    status: String,
    assignedTo: optionalReference,
    lastFollowUpAt: optionalDate,
    nextFollowUpAt: optionalDate,
    notes: String,
    restSchedule: String,
    educationRequirement: String,
    expectedStartDate: Date,
    expectedDeliveryDate: Date,
    homeArea: Number,
    familySize: Number,
    serviceDays: Number,
    ageRequirement: String,
    genderRequirement: String,
    originRequirement: String,
    dealAmount: Number,
    assignedBy: optionalReference,
    assignedAt: optionalDate,
    assignmentReason: String,
    createdBy: { type: Schema.Types.ObjectId, ref: 'User' },
    lastFollowUpBy: optionalReference,
  },
  { collection: 'customers', timestamps: true, autoIndex: false, autoCreate: false },
);

interface StaffRow {
  name: string;
  active: boolean;
}

const staffSchema = new Schema<StaffRow>(
  { name: { type: String, required: true }, active: Boolean },
  { collection: 'users', autoIndex: false, autoCreate: false },
);

const Customer = model('Customer', customerSchema);
const Staff = model('User', staffSchema);
const LIST_SELECTION = Object.keys(LIST_FIELDS).join(' ');

async function list(request: Request, response: Response): Promise<void> {
  const query = plainToInstance(ListQuery, request.query);
  await validateOrReject(query, { whitelist: true });
  const { page, pageSize, contractStatus } = query;
  const filter = contractStatus ? { contractStatus, updatedAt: { $gte: new Date(0) } } : {};
  const [documents, total] = await Promise.all([
    Customer.find(filter)
      .select(LIST_SELECTION)
      .sort({ updatedAt: -1, _id: -1 })
      .skip((page - 1) * pageSize)
      .limit(pageSize)
      .hint('all_updated')
      .populate('assignedTo', 'name'),
    contractStatus ? Customer.countDocuments(filter).hint('all_updated') : Customer.estimatedDocumentCount(),
  ]);
  const items = documents.map((document) =>
    plainToInstance(CustomerListItem, named(document.toObject(), listItem), EXPOSED),
  );
  response.json(success(pageOf(items, total, page, pageSize)));
}

async function one(request: Request, response: Response): Promise<void> {
  const { id } = plainToInstance(IdParam, request.params);
  await validateOrReject(Object.assign(new IdParam(), { id }));
  const document = await Customer.findById(id)
    .select('-searchTerms')
    .populate([...REFERENCES], 'name');
  if (document)
    response.json(success(plainToInstance(CustomerDetail, named(document.toObject(), detail), EXPOSED)));
  else response.sendStatus(404);
}

const REFERENCES = ['assignedTo', 'assignedBy', 'createdBy', 'lastFollowUpBy'] as const;

/** The view of a document whose references were populated: the name stands beside the id. */
function named<V>(populated: CustomerRow, view: (row: CustomerRow, nameOf: NameOf) => V): V {
  const names = new Map<string, string>();
  const row = { ...populated };
  for (const field of REFERENCES) {
    const person = populated[field] as unknown as { _id: Types.ObjectId; name?: string } | null | undefined;
    if (!person?.name) continue;
    names.set(String(person._id), person.name);
    row[field] = person._id;
  }
  return view(row, (id) => (id ? (names.get(String(id)) ?? '') : ''));
}

/** With a look at the account, as the service refuses disabled ones too. */
function tokenCheck(secret: string) {
  // a string here would cost more than all the rest of the request
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const { sub } = jwt.verify(token, key, { algorithms: ['HS256'] }) as jwt.JwtPayload;
    const staff = await Staff.findById(sub).select('name active');
    if (staff?.active) next();
    else response.sendStatus(401);
  };
}

/**
 * The same answers in the usual manner: Express 5, mongoose documents with populated names, class-validator on the
 * way in and class-transformer on the way out. With a token check, but without limits, log, metrics and request ids.
 */
async function main(): Promise<void> {
  const { MONGODB_URI = '', MONGODB_DATABASE, JWT_SECRET = '', PORT } = process.env;
  await connect(MONGODB_URI, { dbName: MONGODB_DATABASE, maxPoolSize: 50 });
  const app = express();
  app.use(express.json());
  app.get('/ready', (_request, response) => void response.json({ status: 'ok' }));
  const authenticated = tokenCheck(JWT_SECRET);
  app.get('/api/customers/miniprogram/list', authenticated, list);
  app.get('/api/customers/miniprogram/:id', authenticated, one);
  app.get('/api/resumes/public/list', listResumes);
  app.get('/api/resumes/public/:id', oneResume);
  app.listen(Number(PORT), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

void main();
