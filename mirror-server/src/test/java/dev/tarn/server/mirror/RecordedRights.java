package dev.tarn.server.mirror;

import dev.tarn.core.access.AccessPolicy;
import dev.tarn.core.access.Challenges;
import dev.tarn.core.access.CredentialKeys;
import dev.tarn.core.access.Decisions;
import dev.tarn.core.access.StandIns;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.DiskProofStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;

/** Rights as a node has them, by records in a directory of the test's. */
record RecordedRights(Rights rights, Access access, Deliveries deliveries) {
  static RecordedRights open(Path directory, Registries registries) throws IOException {
    Clock clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    Catalog catalog = Catalog.open(directory.resolve("catalog"));
    CredentialKeys keys = CredentialKeys.open(directory.resolve("key"), random);
    Access access =
        new Access(
            keys,
            new Decisions(catalog, AccessPolicy.DEFAULT, clock),
            new Challenges(catalog),
            new StandIns(keys, clock, random),
            MirrorListener.NONE);
    Deliveries deliveries = new Deliveries(catalog, clock);
    Rights rights =
        new Rights(
            registries,
            access,
            new DiskProofStore(catalog),
            deliveries,
            clock,
            MirrorListener.NONE);
    return new RecordedRights(rights, access, deliveries);
  }
}
