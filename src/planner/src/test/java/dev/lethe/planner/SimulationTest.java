package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Retry;
import dev.lethe.api.stage.Round;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.stage.ObservedAttempt.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.WithNull;

/** Whatever happens to workers, stages and passes, a job ends, ends once, and publishes only what passed. */
class SimulationTest {
    private enum Event {
        NOTHING,
        ALL_SUCCEED,
        ONE_SUCCEEDS,
        ONE_CRASHES,
        ONE_IS_DISRUPTED,
        ONE_VANISHES,
        ONE_IS_QUEUED,
        ONE_IS_UNSCHEDULABLE,
        ONE_REFUSES,
        STAGE_VANISHES,
        WHAT_HAS_ENDED_IS_DELETED,
        SUSPEND,
        RESUME,
        CUT_OFF,
        HOURS_PASS
    }

    @Property(tries = 150)
    void everyRunEndsOnceAndPublishesOnlyWhatPassed(
            @ForAll @Size(max = 60) List<Event> events,
            @ForAll long seed,
            @ForAll boolean good,
            @ForAll @IntRange(min = 1, max = 3) int rounds,
            @ForAll boolean deadline,
            @ForAll @LongRange(max = 900) @WithNull Long ttl) {
        var world = new World(World.spec(new Retry(3), deadline ? 86400L : null, ttl));
        world.rounds(rounds);
        var refused = Map.of("semeval2025/forget-knowledge", 0.5, "semeval2025/retain-knowledge", 0.9);
        for (int round = 1; round <= rounds && !(good && round == rounds); round++) {
            world.measurements.put("eval-" + new Round(round).name("merge"), refused);
        }
        run(world, events, new Random(seed));
        var status = finish(world);
        assertThat(status.phase()).isIn(Phase.Succeeded, Phase.Failed);
        assertThat(world.created.contains("publish")).isEqualTo(status.verdict() == Verdict.Passed);
        assertThat(good || status.phase() == Phase.Failed).isTrue();
        assertThat(status.stages()).allMatch(stage -> stage.phase().terminal());
        assertThat(world.running()).isEmpty();
        assertThat(ttl == null || world.workers.isEmpty()).isTrue();

        world.stages.clear();
        world.workers.clear();
        world.pass(true);
        assertThat(world.job.status()).isEqualTo(status);
        assertThat(world.stages).isEmpty();
    }

    /** What is done, when it is done and what is told of it is the same whatever the nodes' clocks say. */
    @Property(tries = 50)
    void noNodesClockHurriesOrDelaysAnything(
            @ForAll @Size(max = 40) List<Event> events, @ForAll long seed, @ForAll boolean deadline) {
        var worlds = Stream.of(Duration.ZERO, Duration.ofHours(1), Duration.ofDays(-1))
                .map(skew -> {
                    var world = new World(World.spec(new Retry(3), deadline ? 86400L : null));
                    world.skew = skew;
                    run(world, events, new Random(seed));
                    finish(world);
                    return world;
                })
                .toList();
        assertThat(worlds).extracting(world -> world.attempted).containsOnly(worlds.getFirst().attempted);
        assertThat(worlds)
                .extracting(world -> world.job.status())
                .containsOnly(worlds.getFirst().job.status());
    }

    private static void run(World world, List<Event> events, Random random) {
        for (var event : events) {
            happen(world, event, random);
            world.pass(event != Event.CUT_OFF);
            world.now = world.now.plusSeconds(random.nextInt(20));
        }
    }

    private static UnlearningJobStatus finish(World world) {
        world.suspend(false);
        for (int i = 0; i < 60; i++) {
            world.pass(true);
            world.admitAll();
            world.succeedAll();
            world.now = world.now.plus(Duration.ofSeconds(30));
        }
        return world.job.status();
    }

    private static void happen(World world, Event event, Random random) {
        var running = world.running();
        var one = running.isEmpty() ? null : running.get(random.nextInt(running.size()));
        switch (event) {
            case ALL_SUCCEED -> world.succeedAll();
            case SUSPEND -> world.suspend(true);
            case RESUME -> world.suspend(false);
            case HOURS_PASS -> world.now = world.now.plus(Duration.ofHours(3));
            case STAGE_VANISHES -> vanish(world, random);
            case WHAT_HAS_ENDED_IS_DELETED -> world.deleteEnded();
            case NOTHING, CUT_OFF -> {}
            default -> {
                if (one != null) {
                    happen(world, event, one, random);
                }
            }
        }
    }

    private static void happen(World world, Event event, String worker, Random random) {
        switch (event) {
            case ONE_SUCCEEDS -> world.end(worker, State.Succeeded, 0, null);
            case ONE_CRASHES ->
                world.end(worker, State.Failed, List.of(1, 2, 3, 71, 75, 137).get(random.nextInt(6)), null);
            case ONE_IS_DISRUPTED -> world.end(worker, State.Failed, 143, Reason.Disrupted);
            case ONE_REFUSES -> world.end(worker, State.Failed, random.nextBoolean() ? 65 : 77, null);
            case ONE_VANISHES -> world.workers.remove(worker);
            case ONE_IS_UNSCHEDULABLE -> world.end(worker, State.Pending, null, Reason.Unschedulable);
            default -> world.end(worker, State.Suspended, null, null);
        }
    }

    /** A stage resource goes, and its workers with it. */
    private static void vanish(World world, Random random) {
        var names = List.copyOf(world.stages.keySet());
        if (!names.isEmpty()) {
            var name = names.get(random.nextInt(names.size()));
            world.stages.remove(name);
            world.workers
                    .keySet()
                    .removeIf(worker -> world.files.get(worker).name().equals(name));
        }
    }
}
