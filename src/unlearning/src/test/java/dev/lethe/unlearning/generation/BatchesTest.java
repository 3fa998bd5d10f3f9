package dev.lethe.unlearning.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {

    @ParameterizedTest
    @CsvSource({"1000, 10, 16, 16", "1000, 100, 16, 8", "1000, 5000, 16, 1", "0, 10, 16, 1"})
    void asManyRowsAsFit(long free, long bytesPerRow, int asked, int rows) {
        assertThat(Batches.fitting(free, bytesPerRow, asked)).isEqualTo(rows);
    }

    @Test
    void aBatchThatDoesNotFitIsHalvedAndEveryRowIsDoneOnceInOrder() {
        List<List<Integer>> done = new ArrayList<>();
        Batches.run(IntStream.range(0, 10).boxed().toList(), 8, batch -> done.add(fitting(batch, 3)));
        assertThat(done).containsExactly(List.of(0, 1), List.of(2, 3), List.of(4, 5), List.of(6, 7), List.of(8, 9));
        assertThatThrownBy(() -> Batches.run(List.of(1, 2), 2, batch -> done.add(fitting(batch, 0))))
                .hasMessageStartingWith("CUDA out of memory");
        assertThatThrownBy(() -> Batches.run(List.of(1, 2), 2, _ -> {
                    throw new IllegalStateException("another reason");
                }))
                .hasMessage("another reason");
    }

    private static List<Integer> fitting(List<Integer> batch, int most) {
        if (batch.size() > most) {
            throw new RuntimeException("CUDA out of memory. Tried to allocate 2.00 GiB.");
        }
        return batch;
    }
}
