package dev.lethe.planner;

import java.time.Duration;

/**
 * Every wait of planning and reconciling, in one place.
 *
 * @param retry how long to wait before another attempt
 * @param activeJob how often to plan a job that is active, as the progress of its stages wakes no job
 * @param stageEnd how long a job's status may omit the end of a stage that leads to nothing yet: several often end together
 * @param firstPending how long a first attempt may be pending, without a known reason, before the stage's status says so
 * @param firstRunning how long a first attempt may run, without progress, before the stage's status says so: a short stage
 *     is one write
 */
public record Timings(
        Backoff retry, Duration activeJob, Duration stageEnd, Duration firstPending, Duration firstRunning) {

    /** In a cluster, where writes are costly; it retries as the Job controller does. */
    public static final Timings CLUSTER = new Timings(
            new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(6)),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2));

    /** On this machine, where every status is written. */
    public static final Timings LOCAL = new Timings(
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)),
            Duration.ofSeconds(1),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);

    /** How long to wait after an action was blocked. */
    public static final Duration BLOCKED = Duration.ofSeconds(10);

    /** How long to wait after a stale read, or before all informers have synced. */
    public static final Duration STALE = Duration.ofMillis(200);

    /** The backoff after a reconciliation that failed. */
    public static final Backoff ERROR = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

    /** The least time between two reconciliations of a job: stages that end almost together are one write. */
    public static final Duration JOB_RATE_LIMIT = Duration.ofSeconds(2);

    /** The most time between two reconciliations of any object, in case an event was missed. */
    public static final Duration RESYNC = Duration.ofMinutes(10);

    /**
     * How long the operator waits, as it starts, for what it is to read. Whatever it cannot read by then, it serves the rest
     * without, and takes up when it can. The chart's startup probe is patient for much longer.
     */
    public static final Duration FIRST_READ = Duration.ofSeconds(10);

    /** By then a Job has a pod, and a pod on a node has its volumes; if not, events say why. */
    public static final Duration EVENTS_AFTER = Duration.ofSeconds(15);

    /** The least time between two looks at those events, which are for everything that waits: often one of it is new. */
    public static final Duration EVENTS_PAUSE = Duration.ofSeconds(10);

    /** How often to look at the events of something whose reason is known already. */
    public static final Duration EVENTS_EVERY = Duration.ofMinutes(2);
}
