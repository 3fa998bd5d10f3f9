package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.stage.ObservedAttempt.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/gitops/testdata}: jobs as the planner leaves them, named by the health that a GitOps tool is to tell. Written
 * anew with {@code -Dlethe.documents.write=true}.
 */
class StatusDocumentsTest {
    private static final Path FOLDER = Path.of("../../docs/gitops/testdata");

    record Situation(String name, Consumer<World> story) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Situation> situations() {
        return Stream.of(
                new Situation("progressing-running", World::prepare),
                new Situation("progressing-queued", world -> {
                    world.prepare();
                    world.hold(
                            State.Suspended, Reason.Queued, "queue gpu: insufficient unused quota for nvidia.com/gpu");
                    world.settle();
                }),
                new Situation("progressing-unschedulable", world -> {
                    world.prepare();
                    world.hold(
                            State.Pending,
                            Reason.Unschedulable,
                            "0/1 nodes are available: 1 Insufficient nvidia.com/gpu");
                    world.settle();
                }),
                new Situation("suspended-by-its-user", world -> {
                    world.prepare();
                    world.suspend(true);
                    world.settle();
                }),
                new Situation("healthy-published", StatusDocumentsTest::succeed),
                new Situation("degraded-gates-failed", world -> {
                    world.measurements.put(
                            "eval-merge",
                            Map.of("semeval2025/forget-knowledge", 0.5, "semeval2025/retain-knowledge", 0.9));
                    succeed(world);
                }),
                new Situation("degraded-stage-failed", world -> {
                    world.prepare();
                    world.running().forEach(worker -> world.end(worker, State.Failed, 65, null));
                    world.settle();
                }));
    }

    private static void succeed(World world) {
        for (int i = 0; i < 7; i++) {
            world.settle();
            world.succeedAll();
        }
        world.settle();
    }

    @ParameterizedTest
    @MethodSource("situations")
    void aDocumentIsWhatThePlannerLeaves(Situation situation) throws IOException {
        var world = new World(World.spec(null, null));
        situation.story.accept(world);
        var json = new ObjectMapper();
        var document =
                json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(Documents.json(world.job)));
        var file = FOLDER.resolve(situation.name + ".yaml");
        if (Boolean.getBoolean("lethe.documents.write")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, document + "\n");
        }
        assertThat(file).hasContent(document);
    }
}
