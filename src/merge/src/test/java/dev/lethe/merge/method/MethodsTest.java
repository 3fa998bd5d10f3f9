package dev.lethe.merge.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Semantics;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MethodsTest {
    @ParameterizedTest
    @EnumSource
    void everyDescriptorHasAClassAndEveryClassADescriptor(Semantics semantics) {
        var described = Catalog.METHODS.all().stream()
                .filter(it -> it.semantics().contains(semantics))
                .map(Descriptor::name)
                .collect(Collectors.toCollection(TreeSet::new));
        var names = new TreeSet<>(Methods.names(semantics));
        if (semantics == Semantics.PEFT) {
            // These treat an adapter's factors in another way, and merge tensors by one of the others.
            described.removeIf(name -> name.equals("cat") || name.endsWith("svd"));
        }
        assertThat(names).isEqualTo(described);
        names.forEach(name ->
                assertThat(Methods.named(name, semantics).signature().name()).isEqualTo(name));
    }

    @Test
    void aMethodIsAClassAndADescriptor() {
        var vectors = Vectors.of("half-way", Semantics.LETHE).base(1, 2).input(3, 6);
        assertThat(Vectors.merged(vectors.prepare(new HalfWay()), 2)).containsExactly(2, 4);
        vectors.with("share", 0.25);
        assertThat(Vectors.merged(vectors.prepare(new HalfWay()), 2)).containsExactly(1.5f, 3);
    }
}
