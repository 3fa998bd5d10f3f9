package dev.lethe.worker.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class FoldsTest {
    @Property(tries = 200)
    void everyTextIsInOneFoldWhateverTheOrder(
            @ForAll("texts") List<String> texts, @ForAll @DoubleRange(max = 0.9) double holdOut, @ForAll long seed) {
        Folds<String> folds = Folds.of(texts, text -> text, holdOut);
        List<String> both = Stream.concat(folds.calibration().stream(), folds.test().stream())
                .toList();
        assertThat(both).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(new HashSet<>(texts));
        assertThat(folds.calibration()).isNotEmpty();
        assertThat(folds.test().isEmpty()).isEqualTo(both.size() < 2 || holdOut == 0);

        List<String> shuffled = new ArrayList<>(texts);
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(Folds.of(shuffled, text -> text, holdOut)).isEqualTo(folds);
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings().ofMaxLength(4).list().ofMinSize(1).ofMaxSize(60);
    }
}
