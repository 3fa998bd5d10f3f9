package dev.lethe.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.status.Reason;
import dev.lethe.operator.cluster.JsonText;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.LetheObject.ModelTraining;
import dev.lethe.operator.cluster.LetheObject.UnlearningJob;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationConflictsTest {
    private final DestinationConflicts conflicts = new DestinationConflicts();
    private final Memory<UnlearningJob> jobs = new Memory<>();
    private final Memory<ModelTraining> trainings = new Memory<>();

    @BeforeEach
    void watch() {
        conflicts.watch(jobs);
        conflicts.watch(trainings);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pvc://models/m", "pvc://models/m/", "pvc://models//m", "pvc://models/./m", "pvc://models/m/."})
    void theEarlierOfTwoHasThePlaceHoweverTheOtherSpellsIt(String spelling) {
        var earlier = jobs.add(object(new UnlearningJob(), "earlier", 1, "pvc://models/m"));
        var later = trainings.add(object(new ModelTraining(), "later", 2, spelling));
        conflicts.check(earlier);
        assertThatThrownBy(() -> conflicts.check(later))
                .isInstanceOfSatisfying(
                        Blocked.class, it -> assertThat(it.reason()).isEqualTo(Reason.DestinationTaken))
                .hasMessageContaining("UnlearningJob earlier");
    }

    @Test
    void ofTwoOfOneSecondOneHasIt() {
        var both = List.of(
                jobs.add(object(new UnlearningJob(), "a", 1, "pvc://models/m")),
                jobs.add(object(new UnlearningJob(), "b", 1, "pvc://models/m")));
        assertThat(both.stream().filter(this::mayWrite)).hasSize(1);
    }

    @Test
    void anotherPlaceAnotherNamespaceAnEndAndADeletionAreInNobodysWay() {
        var job = object(new UnlearningJob(), "later", 9, "pvc://models/m");
        jobs.add(object(new UnlearningJob(), "other", 1, "pvc://models/n"));
        jobs.add(object(new UnlearningJob(), "longer", 1, "pvc://models/m/n"));
        var foreign = object(new UnlearningJob(), "foreign", 1, "pvc://models/m");
        foreign.getMetadata().setNamespace("elsewhere");
        jobs.add(foreign);
        var ended = object(new UnlearningJob(), "ended", 1, "pvc://models/m");
        ended.setStatus(new JsonText("{\"phase\":\"Failed\"}"));
        jobs.add(ended);
        var deleted = object(new UnlearningJob(), "deleted", 1, "pvc://models/m");
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:05Z");
        jobs.add(deleted);
        conflicts.check(job);

        var running = object(new UnlearningJob(), "running", 1, "pvc://models/m");
        running.setStatus(new JsonText("{\"phase\":\"Running\"}"));
        jobs.add(running);
        assertThat(mayWrite(job)).isFalse();
    }

    /** A job's own publication writes where the job does. */
    @Test
    void whatAJobsStagesWriteIsTheJobsAffair() {
        var job = jobs.add(object(new UnlearningJob(), "job", 1, "pvc://models/m"));
        var stage = object(new ModelTraining(), "job-train", 2, "pvc://models/m");
        stage.getMetadata().setOwnerReferences(List.of(job.asController()));
        trainings.add(stage);
        conflicts.check(stage);
        conflicts.check(job);
    }

    private boolean mayWrite(LetheObject object) {
        try {
            conflicts.check(object);
            return true;
        } catch (Blocked blocked) {
            return false;
        }
    }

    private static <O extends LetheObject> O object(O object, String name, int second, String output) {
        object.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace("team-a")
                .withUid("uid of " + name)
                .withCreationTimestamp("2026-01-01T00:00:0" + second + "Z")
                .build());
        object.setSpec(new JsonText("{\"output\":{\"uri\":\"" + output + "\"}}"));
        return object;
    }

    /** A cache of a list. */
    private static final class Memory<O extends LetheObject> implements IndexerResourceCache<O> {
        private final List<O> objects = new ArrayList<>();
        private Function<O, List<String>> index = object -> List.of();

        O add(O object) {
            objects.add(object);
            return object;
        }

        @Override
        public void addIndexers(Map<String, Function<O, List<String>>> indexers) {
            index = indexers.values().iterator().next();
        }

        @Override
        public List<O> byIndex(String name, String key) {
            return objects.stream().filter(it -> index.apply(it).contains(key)).toList();
        }

        @Override
        public Optional<O> get(ResourceID id) {
            return objects.stream().filter(it -> id.isSameResource(it)).findFirst();
        }

        @Override
        public Stream<ResourceID> keys() {
            return objects.stream().map(ResourceID::fromResource);
        }

        @Override
        public Stream<O> list(Predicate<O> wanted) {
            return objects.stream().filter(wanted);
        }

        @Override
        public Stream<O> list(String namespace, Predicate<O> wanted) {
            return list(wanted.and(it -> namespace.equals(it.getMetadata().getNamespace())));
        }
    }
}
