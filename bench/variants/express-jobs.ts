import { Expose, plainToInstance, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
  validateOrReject,
} from 'class-validator';
import type { Request, Response } from 'express';
import { Counter, Cut, Job, Listing } from './express-models';
import { DELETED, jobView, ok, OPEN, standingOf, TAKEN_DOWN } from './job';
import { type JobDatabase, JobList, type ListRequest } from './job-list';

class ListFilter {
  @IsOptional()
  @IsString()
  @MaxLength(64)
  positions?: string;

  @IsNumber()
  @Min(-180)
  @Max(180)
  longitude!: number;

  @IsNumber()
  @Min(-90)
  @Max(90)
  latitude!: number;
}

class ListBody implements ListRequest {
  @IsString()
  @MaxLength(128)
  request_id!: string;

  @IsIn([1, 2, 3])
  query_type!: number;

  @IsInt()
  @Min(1)
  page_num = 1;

  @IsInt()
  @Min(1)
  @Max(100)
  page_size = 10;

  @ValidateNested()
  @Type(() => ListFilter)
  filter!: ListFilter;
}

class InfoBody {
  @IsInt()
  @Min(1)
  job_id!: number;
}

class JobView {
  @Expose() id!: number;
  @Expose() user_id!: number;
  @Expose() biz_type!: number;
  @Expose() positions!: string;
  @Expose() company_name!: string;
  @Expose() longitude!: number;
  @Expose() latitude!: number;
  @Expose() address!: string;
  @Expose() contact!: string;
  @Expose() contact_person_name!: string;
  @Expose() description!: string;
  @Expose() photo_urls!: string[];
  @Expose() status!: number;
  @Expose() first_area_id!: number;
  @Expose() first_area_des!: string;
  @Expose() second_area_id!: number;
  @Expose() second_area_des!: string;
  @Expose() third_area_id!: number;
  @Expose() third_area_des!: string;
  @Expose() four_area_id!: number;
  @Expose() four_area_des!: string;
  @Expose() salary_min!: number;
  @Expose() salary_max!: number;
  @Expose() basic_protection!: string[];
  @Expose() salary_benefits!: string[];
  @Expose() attendance_leave!: string[];
  @Expose() create_at!: string;
  @Expose() update_at!: string;
  @Expose() is_top!: number;
  @Expose() top_start_time!: string;
  @Expose() top_end_time!: string;
  @Expose() last_refresh_time!: string;
  @Expose() distance?: number;
}

const EXPOSED = { excludeExtraneousValues: true, exposeUnsetFields: false };
const HIDDEN = '-photoFiles -freeRefreshDay';

const DATABASE: JobDatabase = {
  cut: (id) => Cut.findById(id),
  dueTops: (now) =>
    Listing.find({ topped: true, topEndsAt: { $lte: now }, until: OPEN })
      .select('jobId -_id')
      .limit(200),
  revision: async () => (await Counter.findById('job-board').readConcern('majority'))?.last ?? 0,
  keepCut: (cut) => Cut.create(cut),
  rememberTotal: ({ _id, revision }, total) => Cut.updateOne({ _id, revision }, { total }),
  versions: <T extends object>(stages: object[], hint: string) =>
    Listing.aggregate<T>(stages as never[]).option({ hint }),
  jobs: async (ids) =>
    (await Job.find({ _id: { $in: ids } }).select(HIDDEN)).map((document) => document.toObject()),
};
const list = new JobList(DATABASE);

/** The three lists of jobs. */
export async function listJobs(request: Request, response: Response): Promise<void> {
  const query = plainToInstance(ListBody, request.body);
  await validateOrReject(query, { whitelist: true });
  const { jobs, total } = await list.page(query);
  response.json(ok({ jobs: plainToInstance(JobView, jobs, EXPOSED), total }));
}

/** One of them. */
export async function oneJob(request: Request, response: Response): Promise<void> {
  const body = plainToInstance(InfoBody, request.body);
  await validateOrReject(body, { whitelist: true });
  const document = await Job.findById(body.job_id).select(HIDDEN);
  if (!document || document.status === TAKEN_DOWN || document.status === DELETED)
    return void response.sendStatus(404);
  const job = document.toObject();
  response.json(ok(plainToInstance(JobView, jobView(job, standingOf(job)), EXPOSED)));
}
