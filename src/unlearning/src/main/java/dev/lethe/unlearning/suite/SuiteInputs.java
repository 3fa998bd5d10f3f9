package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.Rows;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The data that a suite measures with.
 *
 * @param forget rows that the system was to forget
 * @param retain rows that it was to keep
 * @param members file of documents that the system was trained on ({@link MembershipDocuments}); the forget set's Task3 documents
 *     when null
 * @param nonMembers file of documents that it never saw; membership is not measured when null
 * @param mmlu the standard MMLU folder; not measured when null
 */
public record SuiteInputs(
        Rows forget, Rows retain, @Nullable Path members, @Nullable Path nonMembers, @Nullable Path mmlu) {}
