module dev.tarn/tools/pod

go 1.26
