package dev.lethe.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.Catalog;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
    @ParameterizedTest
    @CsvSource({
        "pvc://models/a/b, pvc://models/a/b",
        "pvc://models//a/./b/, pvc://models/a/b",
        "file:a/b, file:a/b",
        "file:/a//b/., file:/a/b",
        "file:///a/b, file:/a/b"
    })
    void allSpellingsOfAPlaceAreOne(String spelling, String uri) {
        assertThat(Location.of(spelling).orElseThrow().normalized().uri()).isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket/a", "models/a", "pvc://models", "pvc:models/a", ""})
    void anotherSchemeIsNoPlace(String uri) {
        assertThat(Location.of(uri)).isEqualTo(Optional.empty());
    }

    @Test
    void whatClimbsIsKnownHoweverItIsSpelt() {
        assertThat(Location.of("pvc://models/a/../../b")).get().matches(it -> ((Location.Claim) it).climbs());
        assertThat(Location.of("pvc://models/a..b")).get().matches(it -> !((Location.Claim) it).climbs());
    }

    @Test
    void everySourceOfTheCatalogueIsAPlace() {
        assertThat(Catalog.SOURCES.all()).allMatch(it -> Location.of(it.form()).isPresent());
    }
}
