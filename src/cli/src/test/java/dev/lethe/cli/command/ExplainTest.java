package dev.lethe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Option;
import dev.lethe.cli.Console;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainTest {
    static Stream<Descriptor> named() {
        return Catalog.SORTS.stream().flatMap(it -> it.all().stream());
    }

    @ParameterizedTest
    @MethodSource("named")
    void whatHasANameIsExplained(Descriptor descriptor) {
        String explained = Console.printed("explain", descriptor.name());
        assertThat(explained).contains(descriptor.summary(), descriptor.source());
        assertThat(descriptor.options()).extracting(Option::name).allMatch(explained::contains);
        assertThat(Console.printed("explain")).contains(descriptor.name());
    }
}
