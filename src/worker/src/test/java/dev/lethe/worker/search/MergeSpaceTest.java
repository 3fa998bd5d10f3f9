package dev.lethe.worker.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.stage.MergeSearchResult.Merge;
import dev.lethe.merge.combine.UpdateNorms;
import dev.lethe.worker.search.MergeSpace.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MergeSpaceTest {
    static final Snapshot END = new Snapshot(new TreeMap<>(), new UpdateNorms(List.of()));

    private static final MergeSpace SPACE =
            new MergeSpace(List.of("over", "under"), List.of("ties", "linear", "cat"), List.of(0.6, 0.8), List.of(END));

    @Test
    void eachAloneThenAllAlikeThenFurtherThenMoreOfOne() {
        assertThat(SPACE.grid().stream().map(SPACE::merge).map(Merge::inWords))
                .containsExactly(
                        "over 1.0",
                        "under 1.0",
                        "ties of density 0.6, over 1.0, under 1.0",
                        "ties of density 0.8, over 1.0, under 1.0",
                        "linear, over 0.5, under 0.5",
                        "cat, over 0.5, under 0.5",
                        "ties of density 0.6, over 2.0, under 2.0",
                        "ties of density 0.8, over 2.0, under 2.0",
                        "linear, over 1.0, under 1.0",
                        "cat, over 1.0, under 1.0",
                        "ties of density 0.6, over 1.5, under 0.5",
                        "ties of density 0.8, over 1.5, under 0.5",
                        "linear, over 0.75, under 0.25",
                        "cat, over 0.75, under 0.25",
                        "ties of density 0.6, over 0.5, under 1.5",
                        "ties of density 0.8, over 0.5, under 1.5",
                        "linear, over 0.25, under 0.75",
                        "cat, over 0.25, under 0.75");
    }

    @Test
    void ofAnEarlierSnapshotEachThatHasOneAndOneMerge() {
        Snapshot earlier = new Snapshot(new TreeMap<>(Map.of("over", "checkpoint-40")), END.norms());
        MergeSpace space =
                new MergeSpace(SPACE.specialists(), SPACE.methods(), SPACE.densities(), List.of(END, earlier));
        List<Candidate> grid = space.grid();
        assertThat(grid.subList(0, grid.size() - 2)).isEqualTo(SPACE.grid());
        assertThat(grid.subList(grid.size() - 2, grid.size()))
                .extracting(it -> space.merge(it).inWords())
                .containsExactly(
                        "over at checkpoint-40 1.0", "ties of density 0.6, over at checkpoint-40 1.0, under 1.0");
        assertThat(grid.getLast().like(SPACE.grid().get(2))).isFalse();
    }

    @Test
    void oneSpecialistIsOnlyScaled() {
        MergeSpace one = new MergeSpace(List.of("over"), List.of("ties", "cat"), List.of(0.8), List.of(END));
        assertThat(one.grid()).containsExactly(Candidate.alone(0, 1));
        assertThat(one.merge(Candidate.alone(0, 1).scaled(0.5)))
                .isEqualTo(new Merge("cat", null, new TreeMap<>(Map.of("over", 0.5)), new TreeMap<>()));
    }
}
